package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.SamplingSpec;
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
            SamplingSpec spec,
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
        KernelBuffer counters = Batch.counters(clock);
        prepare(scratch.atLeast(ElementType.INT32, sequences * (vocabulary + 1L)), sequences, vocabulary, spec);
        int window = Math.toIntExact(ring.length() / sequences);
        device.call(Kernel.SAMPLE_KEYS, ElementType.FLOAT32)
                .buffer(z)
                .buffer(ring)
                .buffer(drawn)
                .buffer(counters)
                .buffer(keys.all)
                .buffer(keys.largest)
                .integer(vocabulary)
                .integer(window)
                .real(spec.repeatPenalty())
                .integer(keys.numbers.greedy() ? 1 : 0)
                .launch(sequences);
        if (keys.numbers.greedy()) {
            return;
        }
        if (keys.numbers.topK() > 0) {
            keep(keys.numbers.topK(), 0);
        }
        if (keys.numbers.topP() != 0) {
            keep(0, keys.numbers.topP());
        }
        device.call(Kernel.SAMPLE_PICK, ElementType.FLOAT32)
                .buffer(keys.all)
                .buffer(keys.largest)
                .buffer(ring)
                .buffer(drawn)
                .buffer(counters)
                .integer(vocabulary)
                .integer(window)
                .integer(keys.numbers.mantissa())
                .integer(keys.numbers.exponent())
                .longInteger(keys.numbers.minWeight())
                .longInteger(spec.seed())
                .launch(sequences);
    }

    /** Makes nothing where the call before was one of the same kind, as in a sequence of drawn tokens. */
    private void prepare(KernelBuffer work, long sequences, int vocabulary, SamplingSpec spec) {
        if (keys == null || !keys.suits(work, sequences, vocabulary, spec)) {
            KernelBuffer all = work.slice(sequences, sequences * vocabulary);
            keys = new Keys(
                    work, all, work.slice(0, sequences), vocabulary, spec, SamplingNumbers.of(spec, vocabulary));
        }
    }

    private void keep(int topK, int topP) {
        device.call(Kernel.SAMPLE_KEEP, ElementType.FLOAT32)
                .buffer(keys.all)
                .buffer(keys.largest)
                .integer(keys.vocabulary)
                .integer(keys.numbers.mantissa())
                .integer(keys.numbers.exponent())
                .integer(topK)
                .integer(topP)
                .launch(keys.largest.length());
    }

    /** The logits' keys [B,V], the largest of each sequence, and how they are drawn from. */
    private record Keys(
            KernelBuffer work,
            KernelBuffer all,
            KernelBuffer largest,
            int vocabulary,
            SamplingSpec spec,
            SamplingNumbers numbers) {
        boolean suits(KernelBuffer asked, long sequences, int tokens, SamplingSpec wanted) {
            return work.equals(asked) && largest.length() == sequences && vocabulary == tokens && spec.equals(wanted);
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
