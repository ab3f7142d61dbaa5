package lstmgpu.generate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.Tokenizer;

/**
 * One sample while it grows. What a byte model writes is kept as a string with a character a byte, so that stop texts
 * are found in it too.
 */
final class WrittenSequence {
    private static final int GROWTH = 256;

    private final int index;
    private final List<String> stops;
    private final Charset charset;
    private final Tokenizer.Decoder decoder;
    private final TextAssembler assembler = new TextAssembler();
    private final int[] newest = new int[GenerationSettings.PENALTY_WINDOW];
    private long remembered;
    private StopFilter filter;
    private ByteArrayOutputStream written;
    private int most;
    private boolean keepsLogprobs;
    private int[] tokens;
    private float[] logprobs;
    private int count;

    WrittenSequence(int index, Tokenizer tokenizer, List<String> stops) {
        this.index = index;
        this.charset = tokenizer instanceof ByteTokenizer ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
        this.stops = stops.stream()
                .map(stop -> new String(stop.getBytes(StandardCharsets.UTF_8), charset))
                .toList();
        this.decoder = tokenizer.decoder();
    }

    /** Goes on behind a text that another one wrote. */
    void resume(TextState state) {
        remembered = 0;
        for (int token : state.recent()) {
            text(token);
            remember(token);
        }
        decoder.resume(state.spelling());
    }

    /** See {@link Tokenizer.Decoder#spelling}. */
    int spelling() {
        return decoder.spelling();
    }

    /** Begins a sample behind what came before and the prompt. */
    void begin(int[] prompt, int length, boolean withLogprobs) {
        for (int token : prompt) {
            text(token);
            remember(token);
        }
        filter = new StopFilter(stops);
        written = new ByteArrayOutputStream();
        most = length;
        keepsLogprobs = withLogprobs;
        tokens = new int[0];
        logprobs = new float[0];
        count = 0;
    }

    /** The last {@link GenerationSettings#PENALTY_WINDOW} tokens, the newest last. */
    int[] recent() {
        int[] recent = new int[(int) Math.min(remembered, newest.length)];
        for (int i = 0; i < recent.length; i++) {
            recent[i] = newest[(int) ((remembered - recent.length + i) % newest.length)];
        }
        return recent;
    }

    boolean stopped() {
        return filter.stopped();
    }

    void add(int token, float logprob, TextSink sink) {
        if (count == tokens.length) {
            grow();
        }
        if (keepsLogprobs) {
            logprobs[count] = logprob;
        }
        tokens[count++] = token;
        remember(token);
        emit(filter.append(text(token)), sink);
    }

    private String text(int token) {
        byte[] bytes = decoder.next(token);
        return charset.equals(StandardCharsets.UTF_8) ? assembler.append(bytes) : new String(bytes, charset);
    }

    GeneratedText finish(TextSink sink) {
        emit(filter.finish(), sink);
        byte[] bytes = written.toByteArray();
        return new GeneratedText(
                new TextAssembler().append(bytes),
                bytes,
                Arrays.copyOf(tokens, count),
                Arrays.copyOf(logprobs, Math.min(count, logprobs.length)),
                filter.stopped());
    }

    /** Nobody should wait for, or run out of, room that a text may never need. */
    private void grow() {
        int room = (int) Math.min(most, 2L * count + GROWTH);
        tokens = Arrays.copyOf(tokens, room);
        logprobs = keepsLogprobs ? Arrays.copyOf(logprobs, room) : logprobs;
    }

    private void emit(String piece, TextSink sink) {
        if (!piece.isEmpty()) {
            byte[] bytes = piece.getBytes(charset);
            written.writeBytes(bytes);
            sink.accept(index, bytes);
        }
    }

    private void remember(int token) {
        newest[(int) (remembered++ % newest.length)] = token;
    }
}
