package lstmgpu.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Printable;
import lstmgpu.data.InputFiles;
import lstmgpu.data.TokenFile;
import lstmgpu.data.Tokenizer;

/** What a vocabulary lacks: named and counted, never dropped in silence. */
final class Unknown {
    private static final int SHOWN = 8;

    private Unknown() {}

    /** Names the inputs in which there is nothing. */
    static void reportEmpty(List<Path> inputs, Consumer<String> notice) {
        List<Path> empty = InputFiles.empty(inputs);
        if (!empty.isEmpty()) {
            notice.accept("%s: empty, so nothing is read from %s"
                    .formatted(InputFiles.names(empty), empty.size() == 1 ? "it" : "them"));
        }
    }

    /** Says which parts of a text the model does not know. */
    static void report(TokenFile tokens, String source, Consumer<String> notice) {
        report(tokens.unknown(), tokens.unknownTotal(), source, notice);
    }

    /** As {@link #report(TokenFile, String, Consumer)}. */
    static void report(Map<String, ? extends Number> unknown, long total, String source, Consumer<String> notice) {
        if (total > 0) {
            notice.accept("%s: %s something that the model has never seen: %s"
                    .formatted(source, places(total), list(unknown)));
        }
    }

    /** "1 place holds", "3 places hold". */
    static String places(long count) {
        return Count.of(count, "place") + (count == 1 ? " holds" : " hold");
    }

    /**
     * A prompt or another short text in the model's tokens.
     *
     * @param what what the text is, for messages
     * @throws LstmGpuException with exit code 3 if the vocabulary has neither a part of it nor an
     *     unknown token
     */
    static int[] encode(Tokenizer tokenizer, String text, String what, Console console) {
        Tokenizer.Encoding encoding = tokenizer.encode(text);
        if (encoding.unknown().isEmpty()) {
            return encoding.ids();
        }
        String names = list(encoding.unknown());
        if (tokenizer.encode(encoding.unknown().keySet().iterator().next()).ids().length == 0) {
            throw LstmGpuException.data("%s holds what the model has never seen: %s; leave it out", what, names);
        }
        console.say(what + " holds what the model has never seen, which becomes <unk>: " + names);
        return encoding.ids();
    }

    static String list(Map<String, ? extends Number> unknown) {
        String names = unknown.entrySet().stream()
                .limit(SHOWN)
                .map(entry -> "'%s' (%s×)".formatted(Printable.line(entry.getKey()), entry.getValue()))
                .collect(Collectors.joining(", "));
        return unknown.size() > SHOWN ? names + ", …" : names;
    }
}
