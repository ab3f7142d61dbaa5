package lstmgpu.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import lstmgpu.Count;

/**
 * One input as it was when it was read.
 *
 * @param name of the file, without its folder
 * @param sha256 of its bytes, in hexadecimal
 */
public record InputText(String name, long bytes, String sha256) {
    private static final int DIGITS = 12;
    private static final int NAMED = 3;

    /** "input.txt (1,115,394 bytes)", or the names of a few and the size of all. */
    public static String describe(List<InputText> inputs) {
        long bytes = inputs.stream().mapToLong(InputText::bytes).sum();
        String names = inputs.stream().limit(NAMED).map(InputText::name).collect(Collectors.joining(", "));
        return inputs.size() == 1
                ? "%s (%,d bytes)".formatted(names, bytes)
                : "%s%s (%d files, %,d bytes)"
                        .formatted(names, inputs.size() > NAMED ? ", …" : "", inputs.size(), bytes);
    }

    /** What is not the same any more, in words; the contents are known to differ in something. */
    public static String difference(List<InputText> earlier, List<InputText> now) {
        List<String> changes = new ArrayList<>();
        if (sorted(earlier).equals(sorted(now))) {
            return "the same inputs come in another order";
        }
        if (earlier.size() != now.size()) {
            changes.add("there %s %s and now there %s %d"
                    .formatted(
                            earlier.size() == 1 ? "was" : "were",
                            Count.of(earlier.size(), "input"),
                            now.size() == 1 ? "is" : "are",
                            now.size()));
        }
        for (int i = 0; i < Math.min(earlier.size(), now.size()); i++) {
            if (!earlier.get(i).sha256().equals(now.get(i).sha256())) {
                changes.add(change(earlier.get(i), now.get(i)));
            }
        }
        return String.join(", ", changes);
    }

    private static List<String> sorted(List<InputText> inputs) {
        return inputs.stream().map(InputText::sha256).sorted().toList();
    }

    private static String change(InputText earlier, InputText now) {
        String name =
                earlier.name().equals(now.name()) ? now.name() : "%s (then %s)".formatted(now.name(), earlier.name());
        return earlier.bytes() == now.bytes()
                ? "%s still has %s but others (SHA-256 %s…, then %s…)"
                        .formatted(name, Count.of(now.bytes(), "byte"), start(now), start(earlier))
                : "%s has %s and had %,d".formatted(name, Count.of(now.bytes(), "byte"), earlier.bytes());
    }

    private static String start(InputText input) {
        return input.sha256().substring(0, Math.min(DIGITS, input.sha256().length()));
    }
}
