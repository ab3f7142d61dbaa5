package lstmgpu.runs;

import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.train.Averaging;

/**
 * Which average of the weights is to be the model; null where nothing is said. {@link Averaging} says what each means.
 */
public record AveragingChoice(Averaging.Kind kind, Float decay, Integer after) {
    Averaging averaging(Averaging otherwise) {
        Averaging.Kind chosen = Objects.requireNonNullElse(kind, otherwise.kind());
        if (decay != null && chosen != Averaging.Kind.EMA) {
            throw LstmGpuException.usage("--average-decay is that of an exponential average; add --average ema");
        }
        if (after != null && chosen != Averaging.Kind.ASGD) {
            throw LstmGpuException.usage("--average-after says when a mean begins; add --average asgd");
        }
        return new Averaging(
                chosen,
                Objects.requireNonNullElse(decay, otherwise.decay()),
                Objects.requireNonNullElse(after, otherwise.after()));
    }
}
