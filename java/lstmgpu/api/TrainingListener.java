package lstmgpu.api;

import java.nio.file.Path;

/**
 * Hears what happens in a run, on the thread that trains, which waits meanwhile. What a call throws ends the run and
 * comes out of the call that trains; the folder then has the last checkpoint.
 */
public interface TrainingListener {
    /**
     * What is about to happen.
     *
     * @param parameters numbers that are learnt
     * @param trainingLength how much there is to train on, such as tokens
     * @param heldOutLength how much is held out
     * @param stepsPerEpoch steps of a pass over the data
     * @param startStep steps done before, where a run goes on; otherwise 0
     * @param totalSteps of the whole run; {@link Integer#MAX_VALUE} where its time or somebody's word ends it
     * @param stop to be called from any thread, at any time: the step in progress is finished, a checkpoint written,
     *     and the model is there as it is
     */
    record Start(
            long parameters,
            long trainingLength,
            long heldOutLength,
            int stepsPerEpoch,
            int startStep,
            int totalSteps,
            Runnable stop) {}

    /**
     * Where the run is.
     *
     * @param step steps done
     * @param totalSteps as in {@link Start}
     * @param epoch passes done over the data, with the fraction of this one
     * @param loss the mean training loss since the last call
     * @param learningRate of the last step
     * @param speed of the data, such as tokens, a second
     * @param secondsLeft NaN where the end is not known
     */
    record Progress(
            int step,
            int totalSteps,
            double epoch,
            double loss,
            double learningRate,
            double speed,
            double secondsLeft) {}

    /**
     * The run begins.
     *
     * @param start what is about to happen
     */
    default void started(Start start) {}

    /**
     * Several times a second.
     *
     * @param progress where the run is
     */
    default void progress(Progress progress) {}

    /**
     * The model was judged by what is held out.
     *
     * @param step steps done
     * @param evaluation the loss on it, and the metrics
     * @param best whether this is the lowest loss so far, so that these weights are kept
     */
    default void evaluated(int step, Evaluation evaluation, boolean best) {}

    /**
     * The model has written something, of a run that learns a text.
     *
     * @param step steps done
     * @param text what it continued, and what it wrote
     */
    default void sample(int step, String text) {}

    /**
     * A checkpoint is on the disk.
     *
     * @param step steps done
     * @param folder of the checkpoint
     */
    default void checkpoint(int step, Path folder) {}

    /**
     * Something that a person should know and that does not end the run.
     *
     * @param message a sentence
     */
    default void notice(String message) {}
}
