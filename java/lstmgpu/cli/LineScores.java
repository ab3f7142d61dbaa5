package lstmgpu.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.Sizes;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.TextInputs;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.Utf16;
import lstmgpu.files.IoErrors;
import lstmgpu.generate.LineScorer;
import lstmgpu.models.LoadedModel;
import lstmgpu.models.Unknown;

/**
 * How probable a model finds every line by itself: from a zero state, after what a text begins after, without the
 * line's end. So equal lines have equal scores, wherever they stand. A record is a line, whatever line ends are in it.
 * Lines are read some thousands at a time.
 */
final class LineScores {
    private static final int MOST_BYTES = 64 << 20;
    private static final int LINES_AT_A_TIME = 1 << 14;
    private static final int TOKENS_AT_A_TIME = 1 << 22;

    private final Tokenizer tokenizer;
    private final LineScorer scorer;
    private final Console console;
    private final Consumer<String> notice;
    private final Map<String, Integer> unknown = new LinkedHashMap<>();
    private final List<int[]> waiting = new ArrayList<>();
    private long waitingTokens;
    private long lines;

    LineScores(LoadedModel loaded, Console console, Consumer<String> notice) {
        this.tokenizer = loaded.tokenizer();
        this.scorer = new LineScorer(loaded.model(), loaded.tokenizer());
        this.console = console;
        this.notice = notice;
    }

    /**
     * Prints a JSON object a line; the lines of all inputs are counted on. What the vocabulary lacks is named at the
     * end.
     */
    void print(TextInputs inputs) {
        Unknown.reportEmpty(inputs.files(), notice);
        for (Path file : inputs.files()) {
            if (inputs.column() == null) {
                read(inputs, file);
            } else {
                inputs.forEachDocument(file, document -> add(ids(document)));
            }
        }
        score();
        long places = unknown.values().stream().mapToLong(Integer::longValue).sum();
        Unknown.report(unknown, places, inputs.describe(), notice);
    }

    private void read(TextInputs inputs, Path input) {
        try (InputStream in = new BufferedInputStream(inputs.open(input))) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int last = -1;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == '\n' || b == '\r') {
                    if (b == '\r' || last != '\r') {
                        add(input, line);
                    }
                } else {
                    line.write(b);
                    requireRoom(input, line);
                }
                last = b;
            }
            if (line.size() > 0) {
                add(input, line);
            }
        } catch (IOException failure) {
            throw IoErrors.unreadable(input, failure);
        }
    }

    private long number() {
        return lines + waiting.size() + 1;
    }

    private void requireRoom(Path input, ByteArrayOutputStream line) {
        if (line.size() > MOST_BYTES) {
            throw LstmGpuException.data(
                    "line %,d of %s is longer than %s; leave out --by-line", number(), input, Sizes.bytes(MOST_BYTES));
        }
    }

    private void add(Path input, ByteArrayOutputStream line) {
        add(tokens(input, line.toByteArray()));
        line.reset();
    }

    private void add(int... ids) {
        waiting.add(ids);
        waitingTokens += ids.length;
        if (waiting.size() == LINES_AT_A_TIME || waitingTokens >= TOKENS_AT_A_TIME) {
            score();
        }
    }

    /** Prints those that are waiting. */
    private void score() {
        double[] sums = scorer.score(waiting);
        for (int i = 0; i < sums.length; i++) {
            int tokens = waiting.get(i).length;
            lines++;
            console.print(JsonLines.line(JsonLines.object()
                            .put("line", lines)
                            .put("tokens", tokens)
                            .put("logprob", sums[i])
                            .put("per_token", sums[i] / tokens))
                    + "\n");
        }
        console.flush();
        waiting.clear();
        waitingTokens = 0;
    }

    private int[] tokens(Path input, byte[] line) {
        if (tokenizer instanceof ByteTokenizer) {
            return ByteTokenizer.ids(line);
        }
        if (number() == 1) {
            Utf16.refuse(input.toString(), line, line.length);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            return ids(text.replaceFirst("^\ufeff", ""));
        } catch (CharacterCodingException failure) {
            throw LstmGpuException.data("line %,d of %s is not valid UTF-8; convert it", number(), input);
        }
    }

    private int[] ids(String text) {
        if (tokenizer instanceof ByteTokenizer) {
            return ByteTokenizer.ids(text.getBytes(StandardCharsets.UTF_8));
        }
        Tokenizer.Encoding encoding = tokenizer.encode(text);
        encoding.unknown().forEach((name, count) -> unknown.merge(name, count, Integer::sum));
        return encoding.ids();
    }
}
