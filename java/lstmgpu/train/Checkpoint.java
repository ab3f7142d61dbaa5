package lstmgpu.train;

import java.util.List;
import java.util.Map;
import lstmgpu.data.InputText;
import lstmgpu.network.Tensor;
import lstmgpu.network.WeightUpdate;

/**
 * Everything that a run needs to go on exactly where it was.
 *
 * @param weights of the network
 * @param optimizer what is remembered of every weight, its average included
 * @param carried the recurrent state: {@code hidden} and, for LSTM, {@code cell}, each [L,B,H]
 */
record Checkpoint(
        State state, Map<String, Tensor> weights, Map<String, Tensor> optimizer, Map<String, Tensor> carried) {
    /** The weights by which the network was judged. */
    Map<String, Tensor> judged() {
        Map<String, Tensor> averaged = WeightUpdate.averaged(optimizer);
        return averaged.isEmpty() ? weights : averaged;
    }

    /** What state.json's {@code formatVersion} says. */
    static final int FORMAT_VERSION = 6;

    /** As the newest but for when averaging begins, which it lacks. */
    static final int WITHOUT_AVERAGING = 5;

    /** As the one before but for the norms since the last row of metrics.csv, which it lacks. */
    static final int WITHOUT_NORMS = 4;

    /** As the one before but for the sums of the other files, which it lacks. */
    static final int WITHOUT_SUMS = 3;

    /**
     * Step and epoch say all about the place in the data, and together with the seed all about the random numbers,
     * which are counter-based.
     *
     * @param step steps done
     * @param seconds of training so far
     * @param gradientNorm of the last step, NaN before the first
     * @param metricsRows rows of metrics.csv so far; later ones are not part of this state
     * @param samplesBytes length of samples.txt so far
     * @param eventsBytes length of the event files so far
     * @param averaging when it began, or what decides when it will
     * @param run what must be the same when the run goes on, by the flag that sets it
     * @param inputs what the data was made of
     * @param files the check sums of the other files of the checkpoint by their names; the store fills them in
     */
    record State(
            int formatVersion,
            int step,
            double seconds,
            double gradientNorm,
            int metricsRows,
            long samplesBytes,
            long eventsBytes,
            Schedule.State schedule,
            EarlyStopping.State stopping,
            LossWatch.State losses,
            NormWatch.State norms,
            NonMonotone.State averaging,
            Map<String, String> run,
            List<InputText> inputs,
            Map<String, String> files) {
        State withFiles(Map<String, String> sums) {
            return new State(
                    formatVersion,
                    step,
                    seconds,
                    gradientNorm,
                    metricsRows,
                    samplesBytes,
                    eventsBytes,
                    schedule,
                    stopping,
                    losses,
                    norms,
                    averaging,
                    run,
                    inputs,
                    sums);
        }
    }
}
