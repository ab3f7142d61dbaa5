package lstmgpu.backend;

/**
 * A permutation of {@code [0, size)} that needs no memory: a four-round Feistel network over the next power of four,
 * walked until it lands inside (Black and Rogaway 2002). Every backend computes the same one.
 */
public final class Shuffle {
    private static final int ROUNDS = 4;

    private Shuffle() {}

    /** The place of element {@code index} in epoch {@code epoch}. */
    public static long permute(long index, long size, long seed, int epoch) {
        int halfBits = 1;
        while ((1L << (2 * halfBits)) < size) {
            halfBits++;
        }
        long mask = (1L << halfBits) - 1;
        long value = index;
        do {
            long left = value >>> halfBits;
            long right = value & mask;
            for (int round = 0; round < ROUNDS; round++) {
                long next = left ^ (mix(right + mix(seed + mix(((long) epoch << 3) + round))) & mask);
                left = right;
                right = next;
            }
            value = left << halfBits | right;
        } while (value >= size);
        return value;
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
