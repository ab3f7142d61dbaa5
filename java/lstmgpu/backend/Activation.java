package lstmgpu.backend;

/** What becomes of a pre-activation. */
public enum Activation {
    SIGMOID {
        @Override
        public double of(double a) {
            return 1 / (1 + Math.exp(-a));
        }
    },
    TANH {
        @Override
        public double of(double a) {
            return Math.tanh(a);
        }
    },
    /** Has no upper bound, and a kink at 0. */
    RELU {
        @Override
        public double of(double a) {
            return Math.max(0, a);
        }
    };

    /** Its value in float64. */
    public abstract double of(double a);
}
