package lstmgpu.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.Sizes;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.InputFiles;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Utf16;
import lstmgpu.files.IoErrors;
import lstmgpu.generate.Beginning;
import lstmgpu.generate.EvaluationText;
import lstmgpu.generate.Scorer;
import lstmgpu.models.LoadedModel;
import lstmgpu.models.Unknown;

/**
 * How probable a model finds every line by itself: from a zero state, after what a text begins after, without the
 * line's end. So equal lines have equal scores, wherever they stand.
 */
final class LineScores {
    private static final int MOST_BYTES = 64 << 20;

    private final LoadedModel loaded;
    private final Console console;
    private final int[] beginning;
    private final Map<String, Integer> unknown = new LinkedHashMap<>();
    private long lines;

    LineScores(LoadedModel loaded, Console console) {
        this.loaded = loaded;
        this.console = console;
        this.beginning = Beginning.tokens(loaded.tokenizer());
    }

    /**
     * Prints a JSON object a line; the lines of all inputs are counted on. What the vocabulary lacks is named at the
     * end.
     */
    void print(List<Path> inputs) {
        Unknown.reportEmpty(inputs, console::say);
        inputs.forEach(this::print);
        console.flush();
        long places = unknown.values().stream().mapToLong(Integer::longValue).sum();
        Unknown.report(unknown, places, InputFiles.describe(inputs), console::say);
    }

    private void print(Path input) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(input))) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int last = -1;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n' || b == '\r') {
                    if (b == '\r' || last != '\r') {
                        score(input, line);
                    }
                } else {
                    line.write(b);
                    requireRoom(input, line);
                }
                last = b;
            }
            if (line.size() > 0) {
                score(input, line);
            }
        } catch (IOException failure) {
            throw IoErrors.unreadable(input, failure);
        }
    }

    private void requireRoom(Path input, ByteArrayOutputStream line) {
        if (line.size() > MOST_BYTES) {
            throw LstmGpuException.data(
                    "line %,d of %s is longer than %s; leave out --by-line", lines + 1, input, Sizes.bytes(MOST_BYTES));
        }
    }

    private void score(Path input, ByteArrayOutputStream line) {
        lines++;
        int[] ids = tokens(input, line.toByteArray());
        line.reset();
        double[] sum = new double[1];
        if (ids.length > 0) {
            Scorer.score(loaded.model(), loaded.tokenizer(), text(input, ids), token -> sum[0] += token.logprob());
        }
        console.print(JsonLines.line(JsonLines.object()
                        .put("line", lines)
                        .put("tokens", ids.length)
                        .put("logprob", sum[0])
                        .put("per_token", sum[0] / ids.length))
                + "\n");
        console.flush();
    }

    private int[] tokens(Path input, byte[] line) {
        if (loaded.tokenizer() instanceof ByteTokenizer) {
            return ByteTokenizer.ids(line);
        }
        if (lines == 1) {
            Utf16.refuse(input.toString(), line, line.length);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            Tokenizer.Encoding encoding = loaded.tokenizer().encode(text.replaceFirst("^\ufeff", ""));
            encoding.unknown().forEach((name, count) -> unknown.merge(name, count, Integer::sum));
            return encoding.ids();
        } catch (CharacterCodingException failure) {
            throw LstmGpuException.data("line %,d of %s is not valid UTF-8; convert it", lines, input);
        }
    }

    private EvaluationText text(Path input, int... ids) {
        MemorySegment tokens = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, (long) beginning.length + ids.length);
        MemorySegment.copy(beginning, 0, tokens, ValueLayout.JAVA_INT, 0, beginning.length);
        MemorySegment.copy(ids, 0, tokens, ValueLayout.JAVA_INT, (long) Integer.BYTES * beginning.length, ids.length);
        return new EvaluationText(tokens, Integer.BYTES, 0, 0, "line %,d of %s".formatted(lines, input));
    }
}
