package lstmgpu.gaps;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;

/**
 * The copying problem (Hochreiter and Schmidhuber 1997, as Arjovsky 2016 has it, with fewer symbols): some symbols,
 * then a gap of blanks, then a sign at which they are to be repeated in their order. Only the repeated ones count.
 */
final class Copying implements GapProblem {
    private static final int COUNT = 3;
    private static final int SYMBOLS = 4;
    private static final int BLANK = SYMBOLS;
    private static final int SIGN = SYMBOLS + 1;
    private static final int EMBEDDING = 32;
    private static final double GOAL = 0.99;
    private static final double PROMISING = 0.05;

    @Override
    public InputPart input() {
        return new InputPart.Tokens(SYMBOLS + 2, EMBEDDING);
    }

    @Override
    public Head head() {
        return new Head.NextToken(SYMBOLS + 2, false);
    }

    /** From a symbol to its repetition it is as far as the gap. */
    @Override
    public int steps(int length) {
        return length + COUNT;
    }

    @Override
    public Examples draw(int length, int sequences, RandomGenerator random) {
        int steps = steps(length);
        int[] tokens = new int[steps * sequences];
        int[] classes = new int[steps * sequences];
        float[] weights = new float[steps * sequences];
        Arrays.fill(tokens, BLANK);
        Arrays.fill(classes, BLANK);
        Arrays.fill(weights, length * sequences, weights.length, (float) steps / COUNT);
        Arrays.fill(tokens, length * sequences, (length + 1) * sequences, SIGN);
        for (int i = 0; i < COUNT * sequences; i++) {
            tokens[i] = random.nextInt(SYMBOLS);
            classes[length * sequences + i] = tokens[i];
        }
        return new Examples(tokens, null, classes, null, weights);
    }

    @Override
    public double chance() {
        return 1.0 / SYMBOLS;
    }

    @Override
    public double goal() {
        return GOAL;
    }

    @Override
    public double promisingLoss() {
        return PROMISING;
    }
}
