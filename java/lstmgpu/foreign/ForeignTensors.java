package lstmgpu.foreign;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.Printable;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;

/** The names and shapes of somebody's tensors, and which of them are whose here. */
final class ForeignTensors {
    private static final int SHOWN = 24;
    private static final int LONGEST = 60;

    /** Everything that a language model here has. */
    private static final Pattern OWN = Pattern.compile(Pattern.quote(InputPart.Tokens.EMBEDDING) + "|"
            + Pattern.quote(Head.WEIGHT) + "|" + Pattern.quote(Head.BIAS) + "|rnn\\.(weight|bias)_(ih|hh)_l\\d{1,4}");

    private final String owner;
    private final Map<String, List<Integer>> shapes;

    /** The types of those that are no weights. */
    private final Map<String, String> others;

    private final Set<String> leftOut;

    /** Those that have no place yet, by their names in the file. */
    private final Map<String, List<Integer>> left;

    /** The file's name of each of ours. */
    private final Map<String, String> sources = new LinkedHashMap<>();

    /**
     * @param owner the file, for messages
     * @param others the types of those that are no weights, which nobody needs
     */
    ForeignTensors(String owner, Map<String, List<Integer>> shapes, Map<String, String> others) {
        this.owner = owner;
        this.shapes = shapes;
        this.others = others;
        this.left = new TreeMap<>(shapes);
        this.left.keySet().removeAll(others.keySet());
        this.leftOut = new TreeSet<>(others.keySet());
    }

    /**
     * Places that somebody has named.
     *
     * @param map names here by names in the file; an empty one leaves a tensor out
     * @throws LstmGpuException with exit code 2 if there is no such tensor, or no such place
     */
    void place(Map<String, String> map) {
        map.forEach((from, to) -> {
            if (!shapes.containsKey(from)) {
                throw new LstmGpuException(
                        ExitCode.USAGE,
                        "--map %s=%s: %s".formatted(shown(from), shown(to), sentence(" has no such tensor")));
            }
            if (!to.isEmpty() && others.containsKey(from)) {
                throw LstmGpuException.usage(
                        "--map %s=%s: its values are %s, and those of weights F32, F64, F16 or BF16; name another",
                        shown(from), shown(to), others.get(from));
            }
            if (!to.isEmpty() && !OWN.matcher(to).matches()) {
                throw LstmGpuException.usage(
                        "--map %s=%s: a model has no %s; it has embedding.weight, rnn.weight_ih_l0, rnn.weight_hh_l0,"
                                + " rnn.bias_ih_l0, rnn.bias_hh_l0 (and _l1, …), output.weight and output.bias",
                        shown(from), shown(to), shown(to));
            }
            if (to.isEmpty()) {
                left.remove(from);
                leftOut.remove(from);
            } else {
                place(from, to);
            }
        });
    }

    /** Gives a tensor its place. */
    void place(String from, String to) {
        String before = sources.put(to, from);
        if (before != null) {
            throw refused("both %s and %s would be %s; say with --map which is which"
                    .formatted(shown(before), shown(from), to));
        }
        left.remove(from);
    }

    Map<String, List<Integer>> left() {
        return Map.copyOf(left);
    }

    /** Tensors that are no weights and that nobody has named, with their types. */
    List<String> leftOut() {
        return leftOut.stream()
                .map(name -> "%s (%s)".formatted(shown(name), others.get(name)))
                .toList();
    }

    boolean has(String own) {
        return sources.containsKey(own);
    }

    /** The file's names by ours. */
    Map<String, String> sources() {
        return Map.copyOf(sources);
    }

    /** The shape of the tensor in a place. */
    List<Integer> shape(String own) {
        return shapes.get(sources.get(own));
    }

    /** A tensor here, with its name there where that differs. */
    String named(String own) {
        String from = sources.get(own);
        return from.equals(own) ? own : "%s (%s)".formatted(shown(from), own);
    }

    /** Exit code 3: what is wrong, and all that the file has. */
    LstmGpuException refused(String what) {
        return new LstmGpuException(ExitCode.DATA, sentence(": " + what));
    }

    private String sentence(String what) {
        return "%s%s; it has %s".formatted(LstmGpuException.shortened(owner), what, list());
    }

    private String list() {
        if (shapes.isEmpty()) {
            return "no tensor at all";
        }
        List<String> all = new ArrayList<>();
        new TreeMap<>(shapes)
                .forEach((name, shape) -> all.add("%s %s%s"
                        .formatted(shown(name), shape, others.containsKey(name) ? " of " + others.get(name) : "")));
        String first = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? "%s and %d more".formatted(first, all.size() - SHOWN) : first;
    }

    static String shown(Collection<String> names) {
        return names.stream().sorted().limit(SHOWN).map(ForeignTensors::shown).collect(Collectors.joining(", "));
    }

    /** A name may be of any length, and hold anything. */
    static String shown(String name) {
        return Printable.token(name.length() > LONGEST ? name.substring(0, LONGEST) + "…" : name);
    }
}
