package lstmgpu.backend;

/**
 * A mask of inverted dropout over x [steps, sequences, width].
 *
 * @param probability p in [0, 1) of an element to become zero
 * @param stream of the random numbers ({@link Philox})
 * @param share which sequences of the batch x has: element (t, b, j) takes the random word of element
 *     (t, first + b, j) of the whole batch's [steps, all, width]
 * @param locked whether a sequence is dropped the same at every step, as in variational dropout (Gal and Ghahramani
 *     2016): every element (t, b, j) then takes the word of (0, first + b, j)
 */
public record DropoutSpec(
        float probability, long seed, int stream, int sequences, int width, BatchShare share, boolean locked) {
    public DropoutSpec {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout must lie in [0, 1), not " + probability);
        }
        if (sequences < 1 || width < 1) {
            throw new IllegalArgumentException("a mask needs at least one sequence and one element");
        }
        share.of(sequences);
    }

    /** Another mask at every step. */
    public DropoutSpec(float probability, long seed, int stream, int sequences, int width, BatchShare share) {
        this(probability, seed, stream, sequences, width, share, false);
    }

    /** Over all of a batch, whatever its shape: element i takes word i. */
    public static DropoutSpec of(float probability, long seed, int stream) {
        return new DropoutSpec(probability, seed, stream, 1, 1, BatchShare.whole(1));
    }

    /** Whether element i of x, whatever its shape, takes word i. */
    public boolean isWhole() {
        return !locked && share.all() == sequences;
    }

    /** Neighbours in x that are neighbours in the whole batch: a step's. */
    public long slab() {
        return (long) sequences * width;
    }

    /** From a step's first word to the next one's, where x has several {@link #slab}s. */
    public long stride() {
        return locked ? 0 : (long) share.all() * width;
    }

    /** @throws IllegalArgumentException unless x, of so many elements, is some steps of these sequences */
    public void check(long length) {
        if (length % slab() != 0) {
            throw new IllegalArgumentException("x has " + length + " elements, no multiple of " + slab());
        }
    }

    /** The number in the whole batch of element i of x. */
    public long element(long i) {
        return isWhole() ? i : i / slab() * stride() + (long) share.first() * width + i % slab();
    }
}
