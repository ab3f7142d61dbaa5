package lstmgpu.network;

import java.util.Arrays;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.SamplingSpec;

/** How each of B sequences draws, and its last tokens, in device memory. */
final class DrawingSettings implements AutoCloseable {
    private static final SamplingSpec GREEDY = new SamplingSpec(0, 0, 1, 0, 1, 0);

    private final Backend backend;
    private final int sequences;
    private final int window;
    private final int vocabulary;
    private final DeviceBuffer words;
    private final DeviceBuffer history;
    private final SamplingRows rows;

    /** @param all of every sequence, which draws the numbers of its place; null where each gets its own */
    DrawingSettings(Backend backend, int sequences, int window, int vocabulary, SamplingSpec all) {
        this.backend = backend;
        this.sequences = sequences;
        this.window = window;
        this.vocabulary = vocabulary;
        this.words = backend.alloc(ElementType.INT32, Math.multiplyExact((long) sequences, (long) SamplingRows.WORDS));
        this.history = backend.alloc(ElementType.INT32, Math.multiplyExact((long) sequences, (long) window));
        this.rows = all == null ? SamplingRows.any(words) : SamplingRows.alike(words, all, vocabulary);
        int[] first = new int[Math.toIntExact(words.length())];
        for (int sequence = 0; sequence < sequences; sequence++) {
            SamplingSpec sampling = all == null ? GREEDY : all;
            SamplingRows.put(sampling, vocabulary, sequence, 0, first, sequence * SamplingRows.WORDS);
        }
        backend.upload(first, words);
        setHistory(new int[sequences][0], 0);
    }

    SamplingRows rows() {
        return rows;
    }

    /** INT32 [B,W], a ring. */
    DeviceBuffer history() {
        return history;
    }

    /** @param begun the clock's STEP at the sequence's draw 0 */
    void set(int sequence, SamplingSpec sampling, int sample, int begun) {
        int[] row = new int[SamplingRows.WORDS];
        SamplingRows.put(sampling, vocabulary, sample, begun, row, 0);
        backend.upload(row, words.slice((long) sequence * row.length, row.length));
    }

    /** Draws with as little work as there can be. */
    void setIdle(int sequence) {
        set(sequence, GREEDY, sequence, 0);
    }

    /**
     * @param recent the last tokens of each sequence, the newest last
     * @param step the clock's STEP
     */
    void setHistory(int[][] recent, int step) {
        int[] ring = new int[Math.multiplyExact(sequences, window)];
        Arrays.fill(ring, -1);
        for (int sequence = 0; sequence < sequences; sequence++) {
            put(recent[sequence], step, ring, sequence * window);
        }
        backend.upload(ring, history);
    }

    /** The same of one sequence. */
    void setHistory(int sequence, int[] recent, int step) {
        int[] ring = new int[window];
        Arrays.fill(ring, -1);
        put(recent, step, ring, 0);
        backend.upload(ring, history.slice((long) sequence * window, window));
    }

    private void put(int[] text, int step, int[] ring, int at) {
        for (int age = 1; age <= Math.min(window, text.length); age++) {
            ring[at + Math.floorMod(step - age, window)] = text[text.length - age];
        }
    }

    @Override
    public void close() {
        history.close();
        words.close();
    }
}
