package lstmgpu.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.subword.Effort;
import lstmgpu.data.subword.Guard;
import lstmgpu.data.subword.Pipeline;

/** Tokens smaller than words, learnt from a text or given by a {@code tokenizer.json}. */
public final class SubwordTokenizer extends TextTokenizer {
    /** What {@code --tokenizer} learns. */
    static final String KIND = "bpe";

    private final String name;
    private final JsonNode file;
    private final Pipeline pipeline;

    /**
     * @param name of the file, for messages
     * @param file as it was read or is to be written
     * @throws IllegalArgumentException that names what is unfit
     */
    SubwordTokenizer(String name, JsonNode file) {
        this.name = name;
        this.file = file;
        Effort effort = new Effort();
        AtomicReference<Pipeline> made = new AtomicReference<>();
        Guard.run(effort, () -> made.set(new Pipeline(file, effort)));
        this.pipeline = made.get();
    }

    JsonNode file() {
        return file;
    }

    @Override
    public String kind() {
        return pipeline.kind();
    }

    @Override
    public int vocabularySize() {
        return pipeline.size();
    }

    @Override
    public String token(int id) {
        check(id);
        String text = allowed(() -> pipeline.text(id));
        if (text != null && !text.isEmpty()) {
            return text.codePoints().mapToObj(CharTokenizer::readable).collect(Collectors.joining());
        }
        StringBuilder bytes = new StringBuilder();
        for (byte value : allowed(() -> pipeline.bytes(id, id))) {
            bytes.append("\\x%02X".formatted(value));
        }
        return bytes.isEmpty() ? "<%d>".formatted(id) : bytes.toString();
    }

    @Override
    public boolean leavesOut() {
        return pipeline.leavesOut();
    }

    @Override
    public OptionalInt unknown() {
        return pipeline.unknown();
    }

    @Override
    public Decoder decoder() {
        return new Decoder() {
            private int before = -1;

            @Override
            public byte[] next(int id) {
                check(id);
                byte[] bytes = allowed(() -> pipeline.bytes(id, before));
                before = id;
                return bytes;
            }
        };
    }

    @Override
    TextEncoder encoder(IntConsumer ids, UnknownTokens unknown) {
        Effort effort = new Effort();
        TextParts parts = new TextParts(
                pipeline.new Encoder(ids, text -> unknown.add(WordSplitter.shortened(text)), effort)::accept,
                (left, right) -> isSeam(left, right, effort),
                pipeline.countsFromStart());
        return new TextEncoder() {
            @Override
            public void accept(char[] chars, int from, int to) {
                guarded(effort, () -> parts.accept(chars, from, to));
            }

            @Override
            public void finish() {
                guarded(effort, parts::finish);
            }
        };
    }

    private boolean isSeam(String left, String right, Effort effort) {
        if (pipeline.countsFromStart()) {
            List<String> apart = new ArrayList<>(pipeline.pieces(left, effort));
            apart.addAll(pipeline.pieces(right, effort));
            return pipeline.pieces(left + right, effort).equals(apart);
        }
        int[] apart = IntStream.concat(Arrays.stream(inside(left, effort)), Arrays.stream(inside(right, effort)))
                .toArray();
        return Arrays.equals(inside(left + right, effort), apart);
    }

    /** The tokens of a stretch that does not begin a text. */
    private int[] inside(String stretch, Effort effort) {
        IntStream.Builder ids = IntStream.builder();
        pipeline.new Encoder(ids, _ -> {}, effort).accept(stretch, false, false);
        return ids.build().toArray();
    }

    private void guarded(Effort effort, Runnable work) {
        allowed(() -> {
            Guard.run(effort, work);
            return work;
        });
    }

    /** What exceeds its bounds in use is the file's fault: exit code 3. */
    private <T> T allowed(Supplier<T> work) {
        try {
            return work.get();
        } catch (Effort.Exceeded unfit) {
            throw new LstmGpuException(
                    ExitCode.DATA,
                    "%s cannot be used: %s; take one that you trust".formatted(name, unfit.getMessage()),
                    unfit);
        }
    }

    private void check(int id) {
        if (id < 0 || id >= pipeline.size()) {
            throw new IllegalArgumentException("token %d is outside [0, %d)".formatted(id, pipeline.size()));
        }
    }
}
