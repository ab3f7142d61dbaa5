package lstmgpu.api;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import lstmgpu.runs.ClassRun;

/** Texts with labels, in memory or in files. Never changes. */
public final class Documents {
    private static final JsonMapper JSON = new JsonMapper();
    private static final ClassRun.Where USUAL = new ClassRun.Where(null, null);

    private final Input input;
    private final ClassRun.Where where;

    private Documents(Input input, ClassRun.Where where) {
        this.input = input;
        this.where = where;
    }

    /**
     * Texts in memory.
     *
     * @param texts one or more
     * @param labels the class of each text, in the same order
     * @return them with their labels
     * @throws LstmException of kind DATA if there are more of one than of the other
     */
    public static Documents of(List<String> texts, List<String> labels) {
        if (texts.size() != labels.size()) {
            throw LstmException.data(
                    "there are %,d texts and %,d labels; give a label for every text", texts.size(), labels.size());
        }
        List<String> all = List.copyOf(texts);
        List<String> classes = List.copyOf(labels);
        ClassRun.Where own = new ClassRun.Where("text", "label");
        return new Documents(Input.of("texts.jsonl", out -> write(all, classes, out)), own);
    }

    /**
     * Files, read as one when something is done with them: CSV with a line of names, or JSON Lines. The columns are
     * text and label, and for a model those that it was trained on, unless {@link #columns} says otherwise.
     *
     * @param files all CSV or all JSON Lines; those that end with .gz or .zst are unpacked
     * @return what stands in them
     * @throws LstmException of kind USAGE if there is none
     */
    public static Documents files(List<Path> files) {
        return new Documents(Input.ofFiles(files), USUAL);
    }

    /**
     * As {@link #files(List)}.
     *
     * @param files as there
     * @return as there
     * @throws LstmException of kind USAGE if there is none
     */
    public static Documents files(Path... files) {
        return files(List.of(files));
    }

    /**
     * {@return the same files with other names of columns, of fields where they are JSON Lines}
     *
     * @param text where the texts stand
     * @param label where their labels stand
     */
    public Documents columns(String text, String label) {
        return new Documents(
                input,
                new ClassRun.Where(Objects.requireNonNull(text, "text"), Objects.requireNonNull(label, "label")));
    }

    private static void write(List<String> texts, List<String> labels, OutputStream out) throws IOException {
        for (int i = 0; i < texts.size(); i++) {
            String line = JSON.writeValueAsString(
                    JSON.createObjectNode().put("text", texts.get(i)).put("label", labels.get(i)));
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    Input input() {
        return input;
    }

    ClassRun.Where where() {
        return where;
    }

    /** For the record of a run: the columns too, where they have other names than usual. */
    Wishes record(Wishes wishes) {
        return where.equals(USUAL)
                ? wishes
                : wishes.with("--text-column", where.text()).with("--label-column", where.label());
    }
}
