package lstmgpu.backend;

/** A state in host memory: hidden [L·D,B,R] and, for LSTM, cell [L·D,B,H]; otherwise cell is empty. */
@SuppressWarnings("ArrayRecordComponent")
public record RnnState(float[] hidden, float[] cell) {
    /** What a use begins with unless something else is written. */
    public static RnnState zero(RnnSpec spec) {
        return new RnnState(new float[spec.hiddenStates()], new float[spec.cellStates()]);
    }

    /** One sequence's, [L·D,R] and [L·D,H], of a state of this use. */
    public RnnState sequence(int sequence, RnnSpec spec) {
        RnnShape shape = spec.shape();
        return new RnnState(
                sequence(hidden, sequence, spec, shape.shownSize()),
                sequence(cell, sequence, spec, shape.hiddenSize()));
    }

    private static float[] sequence(float[] states, int sequence, RnnSpec spec, int units) {
        float[] one = new float[states.length / spec.batch()];
        for (int layer = 0; layer < one.length / units; layer++) {
            System.arraycopy(states, (layer * spec.batch() + sequence) * units, one, layer * units, units);
        }
        return one;
    }

    /** Puts one sequence's numbers in the place of those that are there. */
    public void put(int sequence, RnnState one, RnnSpec spec) {
        put(one.hidden, sequence, hidden, spec, spec.shape().shownSize());
        put(one.cell, sequence, cell, spec, spec.shape().hiddenSize());
    }

    private static void put(float[] one, int sequence, float[] states, RnnSpec spec, int units) {
        for (int layer = 0; layer < one.length / units; layer++) {
            System.arraycopy(one, layer * units, states, (layer * spec.batch() + sequence) * units, units);
        }
    }

    /** Whether every number is zero. */
    public boolean isZero() {
        return isZero(hidden) && isZero(cell);
    }

    private static boolean isZero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }
}
