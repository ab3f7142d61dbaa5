package lstmgpu.train;

import static lstmgpu.train.TrainingSettings.require;

import java.util.Locale;
import lstmgpu.backend.AverageSpec;

/**
 * Which average of the weights is judged, saved as the model and sampled from.
 *
 * @param decay β of {@link Kind#EMA}, as {@link AverageSpec} says; otherwise unused
 * @param after n of {@link Kind#ASGD}, as {@link NonMonotone} says; otherwise unused
 */
public record Averaging(Kind kind, float decay, int after) {
    /** The names {@code --average} takes, in lower case. */
    public enum Kind {
        /** The weights as they are. */
        OFF,
        /** The exponential average since the run began. */
        EMA,
        /** The mean since the held-out loss stopped getting better: NT-ASGD (Merity et al. 2017). */
        ASGD
    }

    public Averaging {
        require(decay >= 0 && decay < 1, "--average-decay must lie in [0, 1)", decay);
        require(after >= 1, "--average-after must be 1 or above", after);
    }

    public static Averaging defaults() {
        return new Averaging(Kind.OFF, 0.999f, 5);
    }

    /** What the backend needs of it; null where no average is kept. */
    AverageSpec spec() {
        return switch (kind) {
            case OFF -> null;
            case EMA -> new AverageSpec(decay);
            case ASGD -> AverageSpec.mean();
        };
    }

    /** As its flags. */
    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return switch (kind) {
            case OFF -> name;
            case EMA -> name + " --average-decay " + decay;
            case ASGD -> name + " --average-after " + after;
        };
    }
}
