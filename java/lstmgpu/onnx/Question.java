package lstmgpu.onnx;

import java.util.Arrays;
import java.util.Random;
import lstmgpu.backend.RnnState;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;

/**
 * What two networks are asked to see whether they are the same.
 *
 * @param steps T
 * @param sequences B
 * @param tokens [B,T], empty where features are read
 * @param features [B,T,I], empty where tokens are read
 * @param lengths [B], or null where all sequences have T steps and states are carried
 * @param state that the sequences begin with; null where none is carried
 */
@SuppressWarnings("ArrayRecordComponent")
record Question(int steps, int sequences, int[] tokens, float[] features, int[] lengths, RnnState state) {
    /** Random inputs, lengths and, where they are carried, states. */
    static Question random(NetworkConfig config, int steps, int sequences, Random random) {
        int rows = steps * sequences;
        int[] tokens = {};
        float[] features = {};
        switch (config.input()) {
            case InputPart.Tokens part ->
                tokens = random.ints(rows, 0, part.vocabularySize()).toArray();
            case InputPart.Features part -> features = gaussians(rows * part.size(), 1, random);
        }
        if (!OnnxNetwork.carries(config)) {
            int[] lengths = random.ints(sequences, 1, steps + 1).toArray();
            lengths[0] = steps;
            return new Question(steps, sequences, tokens, features, lengths, null);
        }
        int states = config.layers() * sequences * config.hiddenSize();
        float[] hidden = gaussians(states, 0.5f, random);
        float[] cell = gaussians(config.cell().hasCellState() ? states : 0, 0.5f, random);
        return new Question(steps, sequences, tokens, features, null, new RnnState(hidden, cell));
    }

    private static float[] gaussians(int count, float spread, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = spread * (float) random.nextGaussian();
        }
        return values;
    }

    /** The same from another state. */
    Question from(RnnState other) {
        return new Question(steps, sequences, tokens, features, lengths, other);
    }

    /** The same from zeros. */
    Question fromZero() {
        return state == null
                ? this
                : from(new RnnState(new float[state.hidden().length], new float[state.cell().length]));
    }

    /** Whether a step is one of its sequence's own. */
    boolean has(int sequence, int step) {
        return lengths == null || step < lengths[sequence];
    }

    /** The tokens as other programs have them. */
    long[] wideTokens() {
        return Arrays.stream(tokens).asLongStream().toArray();
    }

    /** The lengths as other programs have them. */
    long[] wideLengths() {
        return Arrays.stream(lengths).asLongStream().toArray();
    }
}
