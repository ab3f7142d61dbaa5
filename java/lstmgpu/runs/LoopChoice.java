package lstmgpu.runs;

import java.util.Objects;
import lstmgpu.train.TrainingSettings;

/**
 * How long a run is to be, and what happens meanwhile; null where nothing is said. The groups of
 * {@link TrainingSettings} say what each means.
 *
 * @param maxSeconds of {@code --max-time}
 * @param events whether event files are written
 */
public record LoopChoice(
        Integer batchSize,
        Integer epochs,
        Integer maxSteps,
        Double maxSeconds,
        Integer evalEvery,
        Integer patience,
        Double minDelta,
        Integer saveEvery,
        Integer keep,
        boolean events) {
    /** Whether the last step is known, so that it need not follow from the data. */
    boolean hasLength() {
        return epochs != null || maxSteps != null;
    }

    /** Steps or a time that are given, without epochs, are the only limit. */
    TrainingSettings.Loop loop(TrainingSettings.Loop otherwise) {
        int passes = maxSteps != null || maxSeconds != null ? TrainingSettings.UNLIMITED : otherwise.epochs();
        return new TrainingSettings.Loop(
                Objects.requireNonNullElse(batchSize, otherwise.batchSize()),
                otherwise.seqLength(),
                otherwise.stepSize(),
                otherwise.resetState(),
                otherwise.varyLength(),
                Objects.requireNonNullElse(epochs, passes),
                Objects.requireNonNullElse(
                        maxSteps, epochs != null ? TrainingSettings.UNLIMITED : otherwise.maxSteps()),
                Objects.requireNonNullElse(maxSeconds, otherwise.maxSeconds()));
    }

    TrainingSettings.Validation validation(TrainingSettings.Validation otherwise) {
        return new TrainingSettings.Validation(
                Objects.requireNonNullElse(evalEvery, otherwise.every()),
                Objects.requireNonNullElse(patience, otherwise.patience()),
                Objects.requireNonNullElse(minDelta, otherwise.minDelta()));
    }

    TrainingSettings.Saving saving(TrainingSettings.Saving otherwise) {
        return new TrainingSettings.Saving(
                Objects.requireNonNullElse(saveEvery, otherwise.every()),
                Objects.requireNonNullElse(keep, otherwise.keep()),
                events || otherwise.events());
    }
}
