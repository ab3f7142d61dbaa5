package lstmgpu.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Drawing tokens. */
final class SamplingCases {
    /** So many that most histories come round to their beginning. */
    private static final int DRAWS = 20;

    private static final int DRAWS_OF_MANY_SEQUENCES = 9;

    private SamplingCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (int vocabulary : new int[] {1, 7, 33, 257, 4097}) {
            for (SamplingSpec spec : specs(data.seed() << 20 | data.seed())) {
                int sequences = new int[] {1, 7, 33}[data.below(3)];
                int window = new int[] {1, 7, 33}[data.below(3)];
                cases.add(new Draws(spec, sequences, vocabulary, window, false, data.seed()));
                cases.add(new Draws(spec, sequences, vocabulary, window, true, data.seed()));
            }
            cases.add(new Draws(null, 33, vocabulary, 7, true, data.seed()));
        }
        return cases;
    }

    /**
     * Rounding decides nothing here: no share of equal tokens is a top-p, no penalised whole number
     * is whole.
     */
    private static List<SamplingSpec> specs(long seed) {
        return List.of(
                new SamplingSpec(1, 0, 1, 0, 1, seed),
                new SamplingSpec(0, 5, 0.9f, 0.1f, 1, seed),
                new SamplingSpec(0, 0, 1, 0, 1.7f, seed),
                new SamplingSpec(0.7f, 0, 1, 0, 1.3f, seed),
                new SamplingSpec(1.5f, 1, 1, 0, 1, seed),
                new SamplingSpec(1.5f, 5, 1, 0, 1, seed),
                new SamplingSpec(1, 1_000_000, 1, 0, 1, seed),
                new SamplingSpec(1, 0, 0.91f, 0, 1, seed),
                new SamplingSpec(1, 0, 0, 0, 1, seed),
                new SamplingSpec(0.9f, 0, 1, 0.1f, 1, seed),
                new SamplingSpec(1.1f, 20, 0.83f, 0.02f, 1.3f, seed));
    }

    /**
     * Draws in a row, each with the history that the ones before it left.
     *
     * @param spec of every sequence; null where each has another one, is another one of its seed and began at another
     *     step
     * @param tied whether many logits are equal
     */
    record Draws(SamplingSpec spec, int sequences, int vocabulary, int window, boolean tied, long seed)
            implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            float[] values = data.normal(sequences * vocabulary, 2);
            if (tied) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Math.round(values[i]);
                }
            }
            int[] past = new int[sequences * window];
            Arrays.fill(past, -1);
            SamplingRows rows = rows(data, memory);
            DeviceBuffer logits = memory.input("logits", values);
            DeviceBuffer history = memory.updated("history", past);
            try (StepClock clock = new StepClock(backend)) {
                clock.set(data.below(100), 0, 0);
                for (int draw = 0; draw < (sequences < 33 ? DRAWS : DRAWS_OF_MANY_SEQUENCES); draw++) {
                    DeviceBuffer tokens = memory.integerOutput("tokens " + draw, sequences);
                    backend.drawing().sample(logits, vocabulary, rows, clock, history, tokens);
                    backend.optimisation().advance(clock, 7);
                }
            }
        }

        private SamplingRows rows(TestData data, GuardedMemory memory) {
            int[] words = new int[sequences * SamplingRows.WORDS];
            List<SamplingSpec> all = specs(data.seed());
            for (int sequence = 0; sequence < sequences; sequence++) {
                boolean own = spec == null;
                SamplingSpec its = own ? all.get(data.below(all.size())) : spec;
                int number = own ? data.below(100) : sequence;
                int begun = own ? data.below(50) - 25 : 0;
                SamplingRows.put(its, vocabulary, number, begun, words, sequence * SamplingRows.WORDS);
            }
            DeviceBuffer buffer = memory.input("settings", words);
            return spec == null ? SamplingRows.any(buffer) : SamplingRows.alike(buffer, spec, vocabulary);
        }

        @Override
        public long depth() {
            return 1;
        }
    }
}
