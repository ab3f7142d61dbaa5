package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/sample.cu}. */
final class Sampler implements AutoCloseable {
    /** WEIGHT_BITS of the kernel: the largest probability is this power of two. */
    private static final int WEIGHT_BITS = 40;

    /** Beyond this many the sum of all weights could overflow. */
    private static final int LARGEST_VOCABULARY = 1 << 23;

    /** Temperatures beyond these give the same tokens as these. */
    private static final double COLDEST = 0x1p-20;

    private static final double HOTTEST = 0x1p20;
    private static final double LOG2_OF_E = 1 / Math.log(2);
    private static final int MANTISSA_BITS = 32;

    private final KernelDevice device;
    private final Scratch scratch;

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
        long lanes = drawn.length();
        KernelBuffer z = KernelArguments.floats(logits, Math.multiplyExact(lanes, (long) vocabulary), "logits");
        KernelBuffer ring = KernelArguments.ints(history, lanes, "history");
        KernelBuffer counters = Batch.counters(clock);
        KernelBuffer keys = scratch.atLeast(ElementType.INT32, lanes * vocabulary);
        // log2(e)/temperature = mantissa · 2^(−exponent) with a mantissa of 32 bits.
        double rate = LOG2_OF_E / Math.clamp(spec.temperature(), COLDEST, HOTTEST);
        int exponent = MANTISSA_BITS - 1 - Math.getExponent(rate);
        device.call(Kernel.SAMPLE, ElementType.FLOAT32)
                .buffer(z)
                .buffer(ring)
                .buffer(drawn)
                .buffer(counters)
                .buffer(keys)
                .integer(vocabulary)
                .integer(Math.toIntExact(ring.length() / lanes))
                .real(spec.repeatPenalty())
                .integer(spec.temperature() == 0 ? 1 : 0)
                .integer((int) (long) Math.scalb(rate, exponent))
                .integer(exponent)
                .integer(spec.topK())
                .integer(share(spec.topP()))
                .longInteger((long) Math.ceil(Math.scalb((double) spec.minP(), WEIGHT_BITS)))
                .longInteger(spec.seed())
                .launch(lanes);
    }

    /** A share below 1 as a number of 32 bits, at least 1; 0 for all. */
    private static int share(float topP) {
        return topP < 1 ? (int) Math.max(1L, (long) Math.ceil(Math.scalb((double) topP, Integer.SIZE))) : 0;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
