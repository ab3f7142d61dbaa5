package lstmgpu.network;

import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Zoneout;

/**
 * Of a network whose units keep what they had before a step (zoneout, Krueger et al. 2017), how often. In training each
 * unit keeps it as a whole or not at all, drawn anew at every step; everything else computes the expectation, so the
 * rates belong to the model as its weights do.
 *
 * @param cell probability in [0, 1) that a unit keeps its c
 * @param hidden probability in [0, 1) that a unit keeps its h
 */
public record ZoneoutRates(float cell, float hidden) {
    /** Every unit has what its cell makes of the step. */
    public static final ZoneoutRates NONE = new ZoneoutRates(0, 0);

    public static final String CELL_FLAG = "--zoneout-cell";
    public static final String HIDDEN_FLAG = "--zoneout-hidden";

    /** Whether any unit keeps anything. */
    public boolean act() {
        return cell > 0 || hidden > 0;
    }

    /**
     * @param projects whether h is projected
     * @throws LstmGpuException with exit code 2 if they are no probabilities, the cell has no c to keep, or h is
     *     projected
     */
    public void require(Cell of, boolean projects) {
        requireProbability(CELL_FLAG, cell);
        requireProbability(HIDDEN_FLAG, hidden);
        if (cell > 0 && !of.hasCellState()) {
            throw LstmGpuException.usage(
                    "%s is for cells that carry a state c beside h, and %s has none; use %s",
                    CELL_FLAG, of.word(), HIDDEN_FLAG);
        }
        if (projects && act()) {
            throw LstmGpuException.usage(
                    "%s and %s are not for layers with --proj-size; leave one of them out", CELL_FLAG, HIDDEN_FLAG);
        }
    }

    private static void requireProbability(String flag, float value) {
        if (!(value >= 0 && value < 1)) {
            throw LstmGpuException.usage("%s must lie in [0, 1), not %s", flag, value);
        }
    }

    /** What is computed unless the network is being trained. */
    Zoneout expected() {
        return Zoneout.expected(cell, hidden);
    }

    /** What is computed in training. */
    Zoneout drawn(long seed) {
        return Zoneout.drawn(cell, hidden, seed);
    }
}
