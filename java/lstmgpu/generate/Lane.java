package lstmgpu.generate;

import java.util.Arrays;
import java.util.List;
import lstmgpu.data.Tokenizer;

/** One sample while it grows. */
final class Lane {
    private static final int GROWTH = 256;

    private final int index;
    private final List<String> stops;
    private final Tokenizer.Decoder decoder;
    private final TextAssembler assembler = new TextAssembler();
    private int[] recent = new int[0];
    private StopFilter filter;
    private StringBuilder text;
    private int most;
    private boolean keepsLogprobs;
    private int[] tokens;
    private float[] logprobs;
    private int count;

    Lane(int index, Tokenizer tokenizer, List<String> stops) {
        this.index = index;
        this.stops = stops;
        this.decoder = tokenizer.decoder();
    }

    /** Begins a sample behind what came before and the prompt. */
    void begin(int[] prompt, int length, boolean withLogprobs) {
        for (int token : prompt) {
            assembler.append(decoder.next(token));
            remember(token);
        }
        filter = new StopFilter(stops);
        text = new StringBuilder();
        most = length;
        keepsLogprobs = withLogprobs;
        tokens = new int[0];
        logprobs = new float[0];
        count = 0;
    }

    /** The last {@link GenerationSettings#PENALTY_WINDOW} tokens, the newest last. */
    int[] recent() {
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
        emit(filter.append(assembler.append(decoder.next(token))), sink);
    }

    GeneratedText finish(TextSink sink) {
        emit(filter.finish(), sink);
        return new GeneratedText(
                text.toString(),
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
            text.append(piece);
            sink.accept(index, piece);
        }
    }

    private void remember(int token) {
        int kept = Math.min(recent.length, GenerationSettings.PENALTY_WINDOW - 1);
        int[] next = new int[kept + 1];
        System.arraycopy(recent, recent.length - kept, next, 0, kept);
        next[kept] = token;
        recent = next;
    }
}
