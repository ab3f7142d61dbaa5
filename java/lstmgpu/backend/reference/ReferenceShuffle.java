package lstmgpu.backend.reference;

/** The permutation of {@link lstmgpu.backend.Shuffle}, written a second time. */
final class ReferenceShuffle {
    private final long size;
    private final long halfDomain;
    private final long[] roundKeys = new long[4];

    /** A permutation of [0, size) for an epoch. */
    ReferenceShuffle(long size, long seed, int epoch) {
        this.size = size;
        long half = 2;
        while (half * half < size) {
            half *= 2;
        }
        this.halfDomain = half;
        for (int round = 0; round < roundKeys.length; round++) {
            roundKeys[round] = scramble(seed + scramble(8L * epoch + round));
        }
    }

    long place(long index) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("window " + index + " is not among the " + size + " windows");
        }
        long place = encrypt(index);
        while (place >= size) {
            place = encrypt(place);
        }
        return place;
    }

    private long encrypt(long value) {
        long high = value / halfDomain;
        long low = value % halfDomain;
        for (long key : roundKeys) {
            long mixed = high ^ Long.remainderUnsigned(scramble(low + key), halfDomain);
            high = low;
            low = mixed;
        }
        return high * halfDomain + low;
    }

    /** SplitMix64's finaliser, Stafford's thirteenth mix. */
    private static long scramble(long z) {
        long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
        return b ^ b >>> 31;
    }
}
