package lstmgpu.backend.reference;

/** Philox4x32-10 as Salmon et al. (2011) define it, over unsigned 32-bit numbers kept in longs. */
final class ReferenceRandom {
    private static final long WORD = 0xFFFFFFFFL;
    private static final long[] MULTIPLIERS = {0xD2511F53L, 0xCD9E8D57L};
    private static final long[] WEYL = {0x9E3779B9L, 0xBB67AE85L};
    private static final double TWO_TO_32 = 4294967296.0;

    private ReferenceRandom() {}

    /** The block of a four-word counter under a two-word key. */
    static long[] philox(long[] counter, long[] key) {
        long[] block = counter.clone();
        for (int round = 0; round < 10; round++) {
            long product0 = MULTIPLIERS[0] * block[0];
            long product1 = MULTIPLIERS[1] * block[2];
            long key0 = key[0] + round * WEYL[0] & WORD;
            long key1 = key[1] + round * WEYL[1] & WORD;
            block = new long[] {
                (product1 >>> 32) ^ block[1] ^ key0,
                product1 & WORD,
                (product0 >>> 32) ^ block[3] ^ key1,
                product0 & WORD
            };
        }
        return block;
    }

    /** Element {@code index} of a stream, in [0, 2^32). */
    static long word(long seed, int stream, int step, long index) {
        long quad = index / 4;
        long[] counter = {quad & WORD, quad >>> 32, step & WORD, stream & WORD};
        long[] key = {seed & WORD, seed >>> 32};
        return philox(counter, key)[(int) (index % 4)];
    }

    /** Element {@code index} of a stream as a number in [0, 1). */
    static double uniform(long seed, int stream, int step, long index) {
        return word(seed, stream, step, index) / TWO_TO_32;
    }

    /** Whether what happens with probability p happens to element {@code index}. */
    static boolean chance(double p, long seed, int stream, int step, long index) {
        return word(seed, stream, step, index) < Math.floor(p * TWO_TO_32);
    }

    /** What inverted dropout multiplies element {@code index} with: 0 or 1/(1−p). */
    static double dropoutFactor(double p, long seed, int stream, int step, long index) {
        return chance(p, seed, stream, step, index) ? 0 : 1 / (1 - p);
    }
}
