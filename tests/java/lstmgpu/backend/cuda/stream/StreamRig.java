package lstmgpu.backend.cuda.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/** A text of one sequence: a prompt, tokens drawn in calls of several lengths, a second prompt, tokens again. */
record StreamRig(Cell cell, int layers, int hidden, int vocabulary, Precision precision, SamplingSpec sampling) {
    static final String LAUNCH = "cuLaunchCooperativeKernel";
    static final SamplingSpec GREEDY = new SamplingSpec(0, 0, 1, 0, 1, 5);

    private static final int WINDOW = 6;
    private static final float SCALE = 2;
    private static final int[] PROMPT = {1, 3, 0, 2, 1};
    private static final int[] WANTED = {WINDOW, 1, 2};

    /** Tokens and their logarithms of probabilities. */
    record Text(List<Integer> tokens, List<Float> logprobs) {}

    /** The number of the last block on the stand-in, which has no logits where there are fewer tokens than blocks. */
    int lastBlock() {
        return TokenStreamShape.of(new RnnShape(cell, layers, 5, hidden), vocabulary, WINDOW, Float.BYTES, 16, 1 << 20)
                        .blocks()
                - 1;
    }

    /** What one implementation writes. */
    Text by(Backend backend, RnnImplementation implementation) {
        NetworkConfig config = NetworkConfig.ofTokens(cell, vocabulary, 5, hidden, layers, 0, false);
        GenerationStep.Spec spec = new GenerationStep.Spec(1, sampling, WINDOW, 1000, true, true);
        try (Network model = new Network(backend, config, precision, implementation)) {
            model.initialise(9, Initialisation.XAVIER);
            model.load(scaled(model.tensors()));
            try (GenerationStep step = new GenerationStep(model, spec)) {
                Text text = new Text(new ArrayList<>(), new ArrayList<>());
                for (int part = 0; part < 2; part++) {
                    step.prompt(PROMPT);
                    step.setHistory(new int[][] {PROMPT});
                    write(step, text);
                }
                return text;
            }
        }
    }

    /** Weights so large that a text depends on what came before. */
    private static Map<String, Tensor> scaled(Map<String, Tensor> tensors) {
        tensors.replaceAll((_, tensor) -> {
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] *= SCALE;
            }
            return new Tensor(tensor.shape(), values);
        });
        return tensors;
    }

    private static void write(GenerationStep step, Text text) {
        int[] drawn = new int[step.block()];
        for (int wanted : WANTED) {
            for (int left = wanted; left > 0; ) {
                int count = step.draw(left, drawn);
                float[] logprobs = new float[count];
                step.readLogprobs(logprobs);
                Arrays.stream(drawn, 0, count).forEach(text.tokens()::add);
                for (float logprob : logprobs) {
                    text.logprobs().add(logprob);
                }
                left -= count;
            }
        }
    }

    @Override
    public String toString() {
        return "%d x %d %s, %d tokens, %s, %s".formatted(layers, hidden, cell, vocabulary, precision, sampling);
    }
}
