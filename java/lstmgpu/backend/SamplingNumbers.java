package lstmgpu.backend;

/**
 * What {@code kernels/sample.cu} takes for a {@link SamplingSpec}.
 *
 * @param mantissa with the exponent: log2(e)/temperature = mantissa · 2^(−exponent), the mantissa having 32 bits
 * @param topK 0 where all tokens remain
 * @param topP in units of 2^-32, unsigned; 0 where all tokens remain
 * @param minWeight in units of which the most probable token has 2^40
 */
public record SamplingNumbers(boolean greedy, int mantissa, int exponent, int topK, int topP, long minWeight) {
    /** WEIGHT_BITS of the kernel: the largest probability is this power of two. */
    private static final int WEIGHT_BITS = 40;

    /** Temperatures beyond these give the same tokens as these. */
    private static final double COLDEST = 0x1p-20;

    private static final double HOTTEST = 0x1p20;
    private static final double LOG2_OF_E = 1 / Math.log(2);
    private static final int MANTISSA_BITS = 32;

    public static SamplingNumbers of(SamplingSpec spec, int vocabulary) {
        double rate = LOG2_OF_E / Math.clamp(spec.temperature(), COLDEST, HOTTEST);
        int exponent = MANTISSA_BITS - 1 - Math.getExponent(rate);
        return new SamplingNumbers(
                spec.temperature() == 0,
                (int) (long) Math.scalb(rate, exponent),
                exponent,
                spec.topK() < vocabulary ? spec.topK() : 0,
                spec.topP() < 1 ? share(spec.topP()) : 0,
                (long) Math.ceil(Math.scalb((double) spec.minP(), WEIGHT_BITS)));
    }

    /** A share below 1 as a number of 32 bits, at least 1. */
    private static int share(float topP) {
        return (int) Math.max(1L, (long) Math.ceil(Math.scalb((double) topP, Integer.SIZE)));
    }
}
