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
        long lanes = drawn.length();
        KernelBuffer z = KernelArguments.floats(logits, Math.multiplyExact(lanes, (long) vocabulary), "logits");
        KernelBuffer ring = KernelArguments.ints(history, lanes, "history");
        KernelBuffer counters = Batch.counters(clock);
        prepare(scratch.atLeast(ElementType.INT32, lanes * (vocabulary + 1L)), lanes, vocabulary, spec);
        int window = Math.toIntExact(ring.length() / lanes);
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
                .integer(spec.temperature() == 0 ? 1 : 0)
                .launch(lanes);
        if (spec.temperature() == 0) {
            return;
        }
        if (spec.topK() > 0 && spec.topK() < vocabulary) {
            keep(spec.topK(), 0);
        }
        if (spec.topP() < 1) {
            keep(0, share(spec.topP()));
        }
        device.call(Kernel.SAMPLE_PICK, ElementType.FLOAT32)
                .buffer(keys.all)
                .buffer(keys.largest)
                .buffer(ring)
                .buffer(drawn)
                .buffer(counters)
                .integer(vocabulary)
                .integer(window)
                .integer(keys.rate.mantissa)
                .integer(keys.rate.exponent)
                .longInteger((long) Math.ceil(Math.scalb((double) spec.minP(), WEIGHT_BITS)))
                .longInteger(spec.seed())
                .launch(lanes);
    }

    /** Makes nothing where the call before was one of the same kind, as in a sequence of drawn tokens. */
    private void prepare(KernelBuffer work, long lanes, int vocabulary, SamplingSpec spec) {
        if (keys == null || !keys.suits(work, lanes, vocabulary, spec)) {
            KernelBuffer all = work.slice(lanes, lanes * vocabulary);
            keys = new Keys(work, all, work.slice(0, lanes), vocabulary, spec, rate(spec));
        }
    }

    private void keep(int topK, int topP) {
        device.call(Kernel.SAMPLE_KEEP, ElementType.FLOAT32)
                .buffer(keys.all)
                .buffer(keys.largest)
                .integer(keys.vocabulary)
                .integer(keys.rate.mantissa)
                .integer(keys.rate.exponent)
                .integer(topK)
                .integer(topP)
                .launch(keys.largest.length());
    }

    /** The logits' keys [B,V], the largest of each lane, and what a logit counts. */
    private record Keys(
            KernelBuffer work, KernelBuffer all, KernelBuffer largest, int vocabulary, SamplingSpec spec, Rate rate) {
        boolean suits(KernelBuffer asked, long lanes, int tokens, SamplingSpec wanted) {
            return work.equals(asked) && largest.length() == lanes && vocabulary == tokens && spec.equals(wanted);
        }
    }

    /** log2(e)/temperature = mantissa · 2^(−exponent) with a mantissa of 32 bits. */
    private record Rate(int mantissa, int exponent) {}

    private static Rate rate(SamplingSpec spec) {
        double rate = LOG2_OF_E / Math.clamp(spec.temperature(), COLDEST, HOTTEST);
        int exponent = MANTISSA_BITS - 1 - Math.getExponent(rate);
        return new Rate((int) (long) Math.scalb(rate, exponent), exponent);
    }

    /** A share below 1 as a number of 32 bits, at least 1. */
    private static int share(float topP) {
        return (int) Math.max(1L, (long) Math.ceil(Math.scalb((double) topP, Integer.SIZE)));
    }

    @Override
    public void close() {
        scratch.close();
    }
}
