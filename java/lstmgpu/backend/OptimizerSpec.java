package lstmgpu.backend;

/**
 * An optimiser with PyTorch's formulas. A field that a kind does not use is ignored.
 *
 * <p>With g the clipped gradient (plus weightDecay·p, except for ADAMW, which first takes p·(1 − lr·weightDecay)), t
 * the step from 1, m and v the first and second state buffer:
 *
 * <ul>
 *   <li>ADAM, ADAMW (Kingma and Ba 2015; Loshchilov and Hutter 2019): m = β1·m + (1−β1)·g; v = β2·v + (1−β2)·g²;
 *       p −= lr/(1−β1^t) · m / (√v/√(1−β2^t) + ε).
 *   <li>SGD: with momentum μ ≠ 0: m = g at t = 1, otherwise m = μ·m + g; p −= lr·m. Without: p −= lr·g.
 *   <li>RMSPROP: v = α·v + (1−α)·g²; d = g/(√v + ε); with momentum: m = μ·m + d, p −= lr·m; without: p −= lr·d.
 *   <li>ADAGRAD: v += g²; p −= lr·g/(√v + ε).
 * </ul>
 *
 * @param beta1 β1 of Adam, and unused elsewhere
 * @param beta2 β2 of Adam, α of RMSprop
 * @param gradClip largest global L2 norm; the factor is min(1, gradClip/(norm + 1e-6)); 0 means no clipping
 */
public record OptimizerSpec(
        Kind kind, float beta1, float beta2, float epsilon, float momentum, float weightDecay, float gradClip) {
    /** The optimisers. */
    public enum Kind {
        ADAM,
        ADAMW,
        SGD,
        RMSPROP,
        ADAGRAD
    }

    /** PyTorch's defaults for a kind. */
    public static OptimizerSpec of(Kind kind, float momentum, float weightDecay, float gradClip) {
        return switch (kind) {
            case ADAM, ADAMW -> new OptimizerSpec(kind, 0.9f, 0.999f, 1e-8f, 0, weightDecay, gradClip);
            case SGD -> new OptimizerSpec(kind, 0, 0, 0, momentum, weightDecay, gradClip);
            case RMSPROP -> new OptimizerSpec(kind, 0, 0.99f, 1e-8f, momentum, weightDecay, gradClip);
            case ADAGRAD -> new OptimizerSpec(kind, 0, 0, 1e-10f, 0, weightDecay, gradClip);
        };
    }

    /** The same for weights that are not pulled towards zero. */
    public OptimizerSpec withoutDecay() {
        return new OptimizerSpec(kind, beta1, beta2, epsilon, momentum, 0, gradClip);
    }

    public boolean usesFirstMoment() {
        return switch (kind) {
            case ADAM, ADAMW -> true;
            case SGD, RMSPROP -> momentum != 0;
            case ADAGRAD -> false;
        };
    }

    public boolean usesSecondMoment() {
        return kind != Kind.SGD;
    }
}
