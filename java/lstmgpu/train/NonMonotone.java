package lstmgpu.train;

import java.util.ArrayList;
import java.util.List;

/**
 * When the average of the weights begins: for an exponential one with the run, for the mean after the first evaluation
 * whose loss is above the lowest of all earlier ones but the last n (NT-ASGD, Merity et al. 2017, algorithm 1).
 */
final class NonMonotone {
    /** Averaging has not begun, and nobody knows when it will. */
    static final int NOT_YET = Integer.MAX_VALUE;

    private final Averaging settings;
    private State state = State.BEGINNING;

    /**
     * What an exact resume needs.
     *
     * @param start steps done when averaging began, or {@link #NOT_YET}
     * @param lowest of all losses but the last n; {@link Double#MAX_VALUE} as long as there are none
     * @param recent the last n losses, the oldest first
     */
    record State(int start, double lowest, List<Double> recent) {
        static final State BEGINNING = new State(NOT_YET, Double.MAX_VALUE, List.of());

        State {
            recent = List.copyOf(recent);
        }
    }

    NonMonotone(Averaging settings) {
        this.settings = settings;
    }

    /** Steps done when averaging began, or {@link #NOT_YET}. */
    int start() {
        return settings.kind() == Averaging.Kind.EMA ? 0 : state.start();
    }

    /**
     * Takes note of an evaluation.
     *
     * @return whether averaging begins now
     */
    boolean evaluated(int step, double loss) {
        if (settings.kind() != Averaging.Kind.ASGD || state.start() != NOT_YET) {
            return false;
        }
        boolean begins = loss > state.lowest();
        double lowest = state.lowest();
        List<Double> recent = new ArrayList<>(state.recent());
        recent.add(loss);
        while (recent.size() > settings.after()) {
            lowest = Math.min(lowest, recent.removeFirst());
        }
        state = new State(begins ? step : NOT_YET, lowest, recent);
        return begins;
    }

    State state() {
        return state;
    }

    void restore(State saved) {
        state = saved;
    }
}
