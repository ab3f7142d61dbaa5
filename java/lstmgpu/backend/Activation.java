package lstmgpu.backend;

/** What becomes of a pre-activation. */
public enum Activation {
    SIGMOID {
        @Override
        public double of(double a) {
            return 1 / (1 + Math.exp(-a));
        }

        @Override
        public double slope(double value) {
            return value * (1 - value);
        }
    },
    TANH {
        @Override
        public double of(double a) {
            return Math.tanh(a);
        }

        @Override
        public double slope(double value) {
            return 1 - value * value;
        }
    },
    /** Has no upper bound, and a kink at 0. */
    RELU {
        @Override
        public double of(double a) {
            return Math.max(0, a);
        }

        @Override
        public double slope(double value) {
            return value > 0 ? 1 : 0;
        }
    };

    /** Its value in float64. */
    public abstract double of(double a);

    /** Its slope where it has this value. */
    public abstract double slope(double value);
}
