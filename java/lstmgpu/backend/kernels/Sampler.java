package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/sample.cu}. */
final class Sampler implements AutoCloseable {
    /** Beyond this many the sum of all weights could overflow. */
    private static final int LARGEST_VOCABULARY = 1 << 23;

    private final KernelDevice device;
    private final Scratch scratch;
    private Keys keys;

    Sampler(KernelDevice device) {
        this.device = device;
        this.scratch = new Scratch(device);
    }

    void draw(
            DeviceBuffer logits,
            int vocabulary,
            SamplingRows rows,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {
        if (vocabulary < 1 || vocabulary > LARGEST_VOCABULARY) {
            throw new IllegalArgumentException(
                    "a token is drawn from 1 to " + LARGEST_VOCABULARY + " tokens, not " + vocabulary);
        }
        KernelBuffer drawn = KernelArguments.ints(tokens, 1, "tokens");
        long sequences = drawn.length();
        KernelBuffer z = KernelArguments.floats(logits, Math.multiplyExact(sequences, (long) vocabulary), "logits");
        KernelBuffer ring = KernelArguments.ints(history, sequences, "history");
        KernelBuffer settings = KernelArguments.ints(
                rows.words(), Math.multiplyExact(sequences, (long) SamplingRows.WORDS), "settings");
        KernelBuffer counters = Batch.counters(clock);
        prepare(scratch.atLeast(ElementType.INT32, sequences * (vocabulary + 1L)), sequences, vocabulary);
        int window = Math.toIntExact(ring.length() / sequences);
        device.call(Kernel.SAMPLE_KEYS, ElementType.FLOAT32)
                .buffer(z)
                .buffer(ring)
                .buffer(drawn)
                .buffer(counters)
                .buffer(keys.all)
                .buffer(keys.largest)
                .buffer(settings)
                .integer(vocabulary)
                .integer(window)
                .launch(sequences);
        if (!rows.draws()) {
            return;
        }
        if (rows.keepsTopK()) {
            keep(settings, false);
        }
        if (rows.keepsTopP()) {
            keep(settings, true);
        }
        device.call(Kernel.SAMPLE_PICK, ElementType.FLOAT32)
                .buffer(keys.all)
                .buffer(keys.largest)
                .buffer(ring)
                .buffer(drawn)
                .buffer(counters)
                .buffer(settings)
                .integer(vocabulary)
                .integer(window)
                .launch(sequences);
    }

    /** Makes nothing where the call before was one of the same kind, as in a sequence of drawn tokens. */
    private void prepare(KernelBuffer work, long sequences, int vocabulary) {
        if (keys == null || !keys.suits(work, sequences, vocabulary)) {
            KernelBuffer all = work.slice(sequences, sequences * vocabulary);
            keys = new Keys(work, all, work.slice(0, sequences), vocabulary);
        }
    }

    private void keep(KernelBuffer settings, boolean byWeight) {
        device.call(Kernel.SAMPLE_KEEP, ElementType.FLOAT32)
                .buffer(keys.all)
                .buffer(keys.largest)
                .buffer(settings)
                .integer(keys.vocabulary)
                .integer(byWeight ? 1 : 0)
                .launch(keys.largest.length());
    }

    /** The logits' keys [B,V] and the largest of each sequence. */
    private record Keys(KernelBuffer work, KernelBuffer all, KernelBuffer largest, int vocabulary) {
        boolean suits(KernelBuffer asked, long sequences, int tokens) {
            return work.equals(asked) && largest.length() == sequences && vocabulary == tokens;
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
