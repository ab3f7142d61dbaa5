package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.ZoneoutRates;

/** Tokens drawn one after the other by a whole network. */
final class TokenCases {
    private static final int WINDOW = 24;
    private static final int SMALL = 24;

    private TokenCases() {}

    static List<ConformanceCase> all(TestData data) {
        SamplingSpec greedy = new SamplingSpec(0, 0, 1, 0, 1, data.seed());
        SamplingSpec sampled = new SamplingSpec(0.8f, 20, 0.9f, 0.01f, 1.2f, data.seed());
        List<ConformanceCase> cases = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            SamplingSpec spec = cell == Cell.GRU ? greedy : sampled;
            cases.add(new Text(NetworkConfig.ofTokens(cell, 33, 7, SMALL, 2, 0, false), spec, 10, data.seed()));
        }
        ZoneoutRates rates = new ZoneoutRates(0.4f, 0.2f);
        for (Cell cell : new Cell[] {Cell.LSTM, Cell.LSTM_LAYER_NORM}) {
            NetworkConfig keeping =
                    NetworkConfig.ofTokens(cell, 33, 7, SMALL, 2, 0, false).withZoneout(rates);
            cases.add(new Text(keeping, sampled, 10, data.seed()));
        }
        cases.add(new Text(NetworkConfig.ofTokens(Cell.LSTM, 96, 33, 512, 2, 0, false), sampled, 12, data.seed()));
        return cases;
    }

    /** A prompt and what follows it. */
    record Text(NetworkConfig config, SamplingSpec sampling, int length, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            GenerationStep.Spec spec = new GenerationStep.Spec(1, sampling, WINDOW, length, false, true);
            int[] text = new int[length];
            try (Network model = new Network(backend, config, Precision.FP32, way(backend))) {
                model.initialise(seed, Initialisation.UNIFORM);
                try (GenerationStep step = new GenerationStep(model, spec)) {
                    step.prompt(new int[] {3, 1, 4, 1, 5});
                    requireOneLaunch(backend, step);
                    int[] drawn = new int[step.block()];
                    for (int done = 0; done < length; ) {
                        int count = step.draw(length - done, drawn);
                        System.arraycopy(drawn, 0, text, done, count);
                        done += count;
                    }
                }
            }
            backend.upload(text, memory.integerOutput("tokens", length));
        }

        private static RnnImplementation way(Backend backend) {
            boolean inOneLaunch =
                    RnnImplementation.SEQUENCE.isOn(backend.device().backend());
            return inOneLaunch ? RnnImplementation.SEQUENCE : RnnImplementation.AUTO;
        }

        /** Recorded steps draw fewer tokens at once than the window has; a GPU holds the weights of a small network. */
        private void requireOneLaunch(Backend backend, GenerationStep step) {
            boolean held = config.hiddenSize() == SMALL
                    && config.cell().isIn(Cell.Plan.TOKEN_STREAM)
                    && !config.zoneout().act();
            if (backend.device().backend().equals("cuda") && held && step.block() != WINDOW) {
                throw new AssertionError("recorded steps draw the tokens");
            }
        }

        @Override
        public long depth() {
            return 1;
        }
    }
}
