package lstmgpu.backend;

/**
 * Units that keep what they had before the step (Krueger et al. 2017): c = d_c·c_before + (1 − d_c)·c' and
 * h = d_h·h_before + (1 − d_h)·h', where c' and h' are what the cell makes of the step; h' comes from c', not from c.
 * Where masks are drawn, each d is 1 with its probability and else 0, anew for every unit, sequence and step; where
 * not, each d is its probability, which is the expectation.
 *
 * @param cell probability in [0, 1) for c; 0 for a cell without c
 * @param hidden probability in [0, 1) for h
 * @param drawn whether masks are drawn, as in training
 * @param seed of the masks
 * @param first the number of the first layer's first direction, where a plan is some of a larger stack
 */
public record Zoneout(float cell, float hidden, boolean drawn, long seed, int first) {
    /** Every step is the cell's own. */
    public static final Zoneout NONE = new Zoneout(0, 0, false, 0, 0);

    public Zoneout {
        require(cell);
        require(hidden);
        if (first < 0) {
            throw new IllegalArgumentException("there is no layer " + first);
        }
    }

    private static void require(float probability) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("zoneout must lie in [0, 1), not " + probability);
        }
    }

    /** The expectation of masks with these probabilities: what a model computes unless it is being trained. */
    public static Zoneout expected(float cell, float hidden) {
        return new Zoneout(cell, hidden, false, 0, 0);
    }

    /** Masks with these probabilities. */
    public static Zoneout drawn(float cell, float hidden, long seed) {
        return new Zoneout(cell, hidden, true, seed, 0);
    }

    /** Whether any unit keeps anything. */
    public boolean acts() {
        return cell > 0 || hidden > 0;
    }

    /** Whether random numbers are needed. */
    public boolean draws() {
        return drawn && acts();
    }

    /** For a part of the stack that begins with this direction of this layer, numbered l·D + d. */
    Zoneout from(int number) {
        return draws() ? new Zoneout(cell, hidden, true, seed, first + number) : this;
    }

    /** The probability for h, or else for c. */
    public float probability(boolean ofHidden) {
        return ofHidden ? hidden : cell;
    }

    /** The random numbers of a layer's masks for h, or else for c; directions count as layers. */
    public int stream(int layer, boolean ofHidden) {
        return Philox.ZONEOUT + 2 * (first + layer) + (ofHidden ? 1 : 0);
    }
}
