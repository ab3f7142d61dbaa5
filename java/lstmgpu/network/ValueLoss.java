package lstmgpu.network;

import java.util.List;

/** What real values are judged by, each by itself. A prediction is the value, or some of its quantiles. */
public sealed interface ValueLoss {
    /** Q, the numbers that are predicted for each value. */
    default int predictions() {
        return 1;
    }

    /** (prediction − value)², whose best prediction is the mean. */
    record Squared() implements ValueLoss {
        @Override
        public String toString() {
            return "squared error";
        }
    }

    /** |prediction − value|, whose best prediction is the median. */
    record Absolute() implements ValueLoss {
        @Override
        public String toString() {
            return "absolute error";
        }
    }

    /**
     * Huber's error (1964): with e = prediction − value, e²/2 where |e| ≤ delta and delta·(|e| − delta/2)
     * beyond.
     *
     * @param delta above 0 and finite
     */
    record Huber(float delta) implements ValueLoss {
        public Huber {
            if (!(delta > 0 && delta < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("delta is finite and above 0, other than " + delta);
            }
        }

        @Override
        public String toString() {
            return "Huber's error, squared up to " + delta;
        }
    }

    /**
     * The error of quantiles (Koenker and Bassett 1978): of a value and its predicted q-quantile, with e = value −
     * prediction, max(q·e, (q−1)·e).
     *
     * @param levels Q of them, each in (0, 1) and above the one before
     */
    record Quantiles(List<Float> levels) implements ValueLoss {
        public Quantiles {
            levels = List.copyOf(levels);
            if (!areLevels(levels)) {
                throw new IllegalArgumentException("quantiles rise and lie between 0 and 1, other than " + levels);
            }
        }

        /** Whether there are some, each in (0, 1) and above the one before. */
        static boolean areLevels(List<Float> numbers) {
            float before = 0;
            for (float number : numbers) {
                if (!(number > before && number < 1)) {
                    return false;
                }
                before = number;
            }
            return !numbers.isEmpty();
        }

        @Override
        public int predictions() {
            return levels.size();
        }

        @Override
        public String toString() {
            return "error of the quantiles " + levels;
        }
    }
}
