package lstmgpu.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lstmgpu.data.subword.Pipeline;

/** Tokens smaller than words, learnt from a text or given by a {@code tokenizer.json}. */
public final class SubwordTokenizer extends TextTokenizer {
    /** What {@code --tokenizer} learns. */
    static final String KIND = "bpe";

    private final JsonNode file;
    private final Pipeline pipeline;

    /**
     * @param file as it was read or is to be written
     * @throws IllegalArgumentException that names what is unfit
     */
    SubwordTokenizer(JsonNode file) {
        this.file = file;
        this.pipeline = new Pipeline(file);
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
        String text = pipeline.text(id);
        if (text != null && !text.isEmpty()) {
            return text.codePoints().mapToObj(CharTokenizer::readable).collect(Collectors.joining());
        }
        StringBuilder bytes = new StringBuilder();
        for (byte value : pipeline.bytes(id, id)) {
            bytes.append("\\x%02X".formatted(value));
        }
        return bytes.isEmpty() ? "<%d>".formatted(id) : bytes.toString();
    }

    @Override
    public boolean leavesOut() {
        return pipeline.leavesOut();
    }

    @Override
    public Decoder decoder() {
        return new Decoder() {
            private int before = -1;

            @Override
            public byte[] next(int id) {
                check(id);
                byte[] bytes = pipeline.bytes(id, before);
                before = id;
                return bytes;
            }
        };
    }

    @Override
    TextEncoder encoder(IntConsumer ids, UnknownTokens unknown) {
        return new TextParts(
                pipeline.new Encoder(ids, unknown::add)::accept,
                pipeline.countsFromStart() ? this::hasSamePieces : this::hasSameTokens,
                pipeline.countsFromStart());
    }

    private boolean hasSameTokens(String left, String right) {
        return Arrays.equals(
                inside(left + right),
                IntStream.concat(Arrays.stream(inside(left)), Arrays.stream(inside(right)))
                        .toArray());
    }

    private boolean hasSamePieces(String left, String right) {
        List<String> apart = new ArrayList<>(pipeline.pieces(left));
        apart.addAll(pipeline.pieces(right));
        return pipeline.pieces(left + right).equals(apart);
    }

    /** The tokens of a stretch that does not begin a text. */
    private int[] inside(String stretch) {
        IntStream.Builder ids = IntStream.builder();
        pipeline.new Encoder(ids, _ -> {}).accept(stretch, false, false);
        return ids.build().toArray();
    }

    private void check(int id) {
        if (id < 0 || id >= pipeline.size()) {
            throw new IllegalArgumentException("token %d is outside [0, %d)".formatted(id, pipeline.size()));
        }
    }
}
