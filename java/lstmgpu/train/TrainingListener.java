package lstmgpu.train;

import java.nio.file.Path;
import lstmgpu.network.EvaluationResult;

/** Is told what happens in a run, on the thread that trains. */
public interface TrainingListener {
    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * @param trainingLength steps of the data to train on, such as tokens
     * @param heldOutLength those that are held out
     * @param startStep steps done before, when a run is resumed; otherwise 0
     * @param totalSteps steps the whole run will take, or {@link TrainingSettings#UNLIMITED}
     */
    record Start(
            long parameters,
            long trainingLength,
            long heldOutLength,
            int stepsPerEpoch,
            int startStep,
            int totalSteps) {}

    /**
     * @param step steps done
     * @param totalSteps as in {@link Start}
     * @param done the share of the run or, where this process has to stop earlier, of its time; NaN where neither has
     *     an end
     * @param epoch epochs done, with the fraction of this one
     * @param loss mean training loss since the last report
     * @param speed steps of the data, such as tokens, a second, since the last report
     * @param secondsLeft to the last step or to the time limit, whichever comes first; NaN where neither is known
     */
    record Progress(
            int step,
            int totalSteps,
            double done,
            double epoch,
            double loss,
            float learningRate,
            double speed,
            double secondsLeft) {}

    /**
     * @param step 0 for the weights of another model before the first step
     * @param best whether this is the lowest loss so far
     */
    record Evaluation(int step, double epoch, EvaluationResult result, boolean best) {}

    record Sample(int step, String text) {}

    default void started(Start start) {}

    /** The training loss of every step, some steps after it; again after the run has gone back. */
    default void loss(int step, double loss) {}

    default void progress(Progress progress) {}

    default void evaluation(Evaluation evaluation) {}

    default void sample(Sample sample) {}

    /** A checkpoint is on disk. */
    default void checkpoint(int step, Path folder) {}

    /** Something that does not stop the run but that a person should know. */
    default void notice(String message) {}

    default void finished(TrainingResult result) {}
}
