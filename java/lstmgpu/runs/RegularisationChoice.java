package lstmgpu.runs;

import java.util.Objects;
import lstmgpu.network.Regularisation;

/**
 * What is to keep a network from learning its data by heart; null where nothing is said. {@link Regularisation}
 * explains each.
 */
public record RegularisationChoice(
        Float weightDrop,
        Float inputDropout,
        Float outputDropout,
        Float wordDropout,
        Boolean locked,
        Float activationPenalty,
        Float temporalPenalty,
        Float labelSmoothing) {
    Regularisation regularisation(Regularisation otherwise) {
        return new Regularisation(
                Objects.requireNonNullElse(weightDrop, otherwise.weightDrop()),
                Objects.requireNonNullElse(inputDropout, otherwise.inputDropout()),
                outputDropout == null ? otherwise.outputDropout() : outputDropout,
                Objects.requireNonNullElse(wordDropout, otherwise.wordDropout()),
                Objects.requireNonNullElse(locked, otherwise.locked()),
                Objects.requireNonNullElse(activationPenalty, otherwise.activationPenalty()),
                Objects.requireNonNullElse(temporalPenalty, otherwise.temporalPenalty()),
                Objects.requireNonNullElse(labelSmoothing, otherwise.labelSmoothing()));
    }
}
