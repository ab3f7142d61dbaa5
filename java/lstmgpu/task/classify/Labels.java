package lstmgpu.task.classify;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import lstmgpu.LstmGpuException;

/** The classes by their labels, whose places are what a network predicts. */
public final class Labels {
    /** The most labels, since how often each is taken for each is counted. */
    public static final int MOST = 2000;

    private static final int SHOWN = 12;

    private final List<String> names;
    private final Map<String, Integer> places = new HashMap<>();

    /**
     * @param names of at least two classes, each once
     */
    public Labels(List<String> names) {
        this.names = List.copyOf(names);
        for (String name : names) {
            places.put(name, places.size());
        }
        if (places.size() != names.size() || names.size() < 2) {
            throw new IllegalArgumentException("two labels or more, each once, other than " + names);
        }
    }

    /**
     * Those of documents, sorted.
     *
     * @throws LstmGpuException with exit code 3 if there is one class only, or more than a network has
     */
    public static Labels of(Collection<Document> documents) {
        TreeSet<String> found = new TreeSet<>();
        documents.forEach(document -> found.add(document.label()));
        Document first = documents.iterator().next();
        if (found.size() < 2) {
            throw first.row()
                    .unfit(
                            "this and every other text has the label '%s'; give texts of two classes or more",
                            first.label());
        }
        if (found.size() > MOST) {
            throw first.row()
                    .unfit(
                            "from here on there are %,d labels and at most %,d are possible; --label-column names the"
                                    + " column that has them",
                            found.size(), MOST);
        }
        return new Labels(List.copyOf(found));
    }

    /** In the order of their places. */
    public List<String> names() {
        return names;
    }

    public int size() {
        return names.size();
    }

    public boolean has(String name) {
        return places.containsKey(name);
    }

    /** The place of a label that there is. */
    public int place(String name) {
        return places.get(name);
    }

    /**
     * The place of a document's label.
     *
     * @throws LstmGpuException with exit code 3, naming file and line, if there is none of that name
     */
    public int of(Document document) {
        Integer place = places.get(document.label());
        if (place == null) {
            throw document.row()
                    .unfit(
                            "the label '%s' was never seen in training; there are %s",
                            document.label(), String.join(", ", first()));
        }
        return place;
    }

    private List<String> first() {
        List<String> shown = names.stream()
                .limit(SHOWN)
                .map(name -> "'" + name + "'")
                .collect(Collectors.toCollection(ArrayList::new));
        if (names.size() > SHOWN) {
            shown.add("… (%,d)".formatted(names.size()));
        }
        return shown;
    }
}
