package lstmgpu.train;

import java.util.Map;
import lstmgpu.model.Tensor;

/**
 * Everything that a run needs to go on exactly where it was.
 *
 * @param weights of the model
 * @param optimizer what the optimiser remembers
 * @param carried the recurrent state: {@code hidden} and, for LSTM, {@code cell}, each [L,B,H]
 */
record Checkpoint(
        State state, Map<String, Tensor> weights, Map<String, Tensor> optimizer, Map<String, Tensor> carried) {
    /** What state.json's {@code format_version} says. */
    static final int FORMAT_VERSION = 1;

    /**
     * Step and epoch say all about the place in the data, and together with the seed all about the random numbers,
     * which are counter-based.
     *
     * @param step steps done
     * @param seconds of training so far
     * @param run what must be the same when the run goes on, by the flag that sets it
     */
    record State(
            int formatVersion,
            int step,
            double seconds,
            Schedule.State schedule,
            EarlyStopping.State stopping,
            LossWatch.State losses,
            Map<String, String> run) {}
}
