package lstmgpu.backend;

/**
 * The counter-based random numbers that every backend shares: Philox4x32-10 (Salmon et al. 2011).
 *
 * <p>Element i of stream s at step k under a seed is word {@code i % 4} of the block with counter (low 32 bits of i/4,
 * high 32 bits of i/4, k, s) and key (low 32 bits of the seed, high 32 bits). A word w stands for the uniform number
 * w·2^-32 with w unsigned.
 */
public final class Philox {
    /** The stream of {@link Drawing#sample}; streams 0 to L are for dropout. */
    public static final int SAMPLING = 0x5A;

    /** The stream of {@link RnnPlan#resetSequences}. */
    public static final int RESET = 0x2E5E7;

    /** The stream of dropout of what the recurrent stack reads. */
    public static final int INPUT = 0x1A907;

    /** The stream of dropout of words. */
    public static final int WORDS = 0x30BD5;

    /** The stream of steps' lengths; the epoch is in the place of the step. */
    public static final int LENGTHS = 0x7E467;

    /** The stream of settings that a search draws; a draw is a step. */
    public static final int SEARCH = 0x5EA4C;

    /** The first stream of dropout of recurrent weights; a matrix has one. */
    public static final int WEIGHT_DROP = 0x4D0000;

    /** The first stream of {@link Zoneout}; each direction of a layer has two, c's before h's. */
    public static final int ZONEOUT = 0x200E0000;

    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /** Writes the four words of block {@code block} to {@code words[offset..offset+4)}. */
    public static void block(long seed, int stream, int step, long block, int[] words, int offset) {
        int c0 = (int) block;
        int c1 = (int) (block >>> 32);
        int c2 = step;
        int c3 = stream;
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
            long p1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
            int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c1 = (int) p1;
            c3 = (int) p0;
            c0 = n0;
            c2 = n2;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        words[offset] = c0;
        words[offset + 1] = c1;
        words[offset + 2] = c2;
        words[offset + 3] = c3;
    }

    /**
     * Words below this, unsigned, come with probability p in [0, 1): what dropout drops, what zoneout keeps, what a
     * reset resets.
     */
    public static int threshold(float p) {
        return (int) (long) Math.floor(p * 4294967296.0);
    }
}
