package lstmgpu.backend.reference;

import lstmgpu.backend.OptimizerSpec;

/** One step of an optimiser, parameter by parameter. */
final class ReferenceOptimizer {
    private final OptimizerSpec spec;
    private final int t;
    private final double rate;
    private final double clip;
    private final ReferenceBuffer m;
    private final ReferenceBuffer v;

    /**
     * @param t the step from 1
     * @param m first moment, or null
     * @param v second moment, or null
     */
    ReferenceOptimizer(
            OptimizerSpec spec, int t, double rate, double normSquared, ReferenceBuffer m, ReferenceBuffer v) {
        this.spec = spec;
        this.t = t;
        this.rate = rate;
        this.clip = spec.gradClip() > 0 ? Math.min(1, spec.gradClip() / (Math.sqrt(normSquared) + 1e-6)) : 1;
        this.m = m;
        this.v = v;
    }

    void update(ReferenceBuffer parameters, ReferenceBuffer gradients) {
        for (int i = 0; i < parameters.length(); i++) {
            parameters.set(i, updated(i, parameters.get(i), clip * gradients.get(i)));
        }
    }

    private double updated(int i, double p, double gradient) {
        double decayed = gradient + spec.weightDecay() * p;
        return switch (spec.kind()) {
            case ADAM -> adam(i, p, decayed);
            case ADAMW -> adam(i, p * (1 - rate * spec.weightDecay()), gradient);
            case SGD -> p - rate * withMomentum(i, decayed, t == 1);
            case RMSPROP -> {
                v.set(i, average(spec.beta2(), v.get(i), decayed * decayed));
                yield p - rate * withMomentum(i, decayed / (Math.sqrt(v.get(i)) + spec.epsilon()), false);
            }
            case ADAGRAD -> {
                v.add(i, decayed * decayed);
                yield p - rate * decayed / (Math.sqrt(v.get(i)) + spec.epsilon());
            }
        };
    }

    private double adam(int i, double p, double g) {
        m.set(i, average(spec.beta1(), m.get(i), g));
        v.set(i, average(spec.beta2(), v.get(i), g * g));
        double mCorrected = m.get(i) / (1 - Math.pow(spec.beta1(), t));
        double vCorrected = v.get(i) / (1 - Math.pow(spec.beta2(), t));
        return p - rate * mCorrected / (Math.sqrt(vCorrected) + spec.epsilon());
    }

    private double withMomentum(int i, double direction, boolean start) {
        if (spec.momentum() == 0) {
            return direction;
        }
        m.set(i, start ? direction : spec.momentum() * m.get(i) + direction);
        return m.get(i);
    }

    private static double average(double decay, double old, double now) {
        return decay * old + (1 - decay) * now;
    }
}
