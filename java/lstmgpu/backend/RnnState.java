package lstmgpu.backend;

/** A state in host memory: hidden [L·D,B,H] and, for LSTM, cell [L·D,B,H]; otherwise cell is empty. */
@SuppressWarnings("ArrayRecordComponent")
public record RnnState(float[] hidden, float[] cell) {
    /** What a use begins with unless something else is written. */
    public static RnnState zero(RnnSpec spec) {
        int states = spec.states();
        return new RnnState(new float[states], new float[spec.shape().cell().hasCellState() ? states : 0]);
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
