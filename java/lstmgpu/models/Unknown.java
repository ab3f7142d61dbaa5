package lstmgpu.models;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.Printable;
import lstmgpu.data.TokenFile;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;

/** What a vocabulary lacks: named and counted, never dropped in silence. */
public final class Unknown {
    private static final int SHOWN = 8;

    private Unknown() {}

    /** Names the inputs in which there is nothing. */
    public static void reportEmpty(List<Path> inputs, Consumer<String> notice) {
        List<Path> empty = InputFiles.empty(inputs);
        if (!empty.isEmpty()) {
            notice.accept("%s: empty, so nothing is read from %s"
                    .formatted(InputFiles.names(empty), empty.size() == 1 ? "it" : "them"));
        }
    }

    /** Says which parts of a text the model does not know. */
    public static void report(TokenFile tokens, String source, Consumer<String> notice) {
        report(tokens.unknown(), tokens.unknownTotal(), source, notice);
    }

    /** As {@link #report(TokenFile, String, Consumer)}. */
    public static void report(
            Map<String, ? extends Number> unknown, long total, String source, Consumer<String> notice) {
        if (total > 0) {
            notice.accept("%s: %s something that the model has never seen: %s"
                    .formatted(source, places(total), list(unknown)));
        }
    }

    /** "1 place holds", "3 places hold". */
    public static String places(long count) {
        return Count.of(count, "place") + (count == 1 ? " holds" : " hold");
    }

    /**
     * A prompt or another short text in the model's tokens.
     *
     * @param what what the text is, for messages
     * @throws LstmGpuException with exit code 3 if the vocabulary has neither a part of it nor an
     *     unknown token
     */
    public static int[] encode(Tokenizer tokenizer, String text, String what, Consumer<String> notice) {
        Tokenizer.Encoding encoding = tokenizer.encode(text);
        if (encoding.unknown().isEmpty()) {
            return encoding.ids();
        }
        String names = list(encoding.unknown());
        if (tokenizer.encode(encoding.unknown().keySet().iterator().next()).ids().length == 0) {
            throw LstmGpuException.data("%s holds what the model has never seen: %s; leave it out", what, names);
        }
        notice.accept(what + " holds what the model has never seen, which becomes <unk>: " + names);
        return encoding.ids();
    }

    public static String list(Map<String, ? extends Number> unknown) {
        String names = unknown.entrySet().stream()
                .limit(SHOWN)
                .map(entry -> "'%s' (%s×)".formatted(Printable.line(entry.getKey()), entry.getValue()))
                .collect(Collectors.joining(", "));
        return unknown.size() > SHOWN ? names + ", …" : names;
    }
}
