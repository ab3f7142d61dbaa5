package lstmgpu.gaps;

import java.util.random.RandomGenerator;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;

/**
 * T symbols. The first is one of two, and the class to be told after the last; the others are noise, drawn from four
 * more (Hochreiter and Schmidhuber 1997, experiment 2).
 */
final class FirstSymbol implements GapProblem {
    private static final int CLASSES = 2;
    private static final int NOISE = 4;
    private static final int EMBEDDING = 32;
    private static final double GOAL = 0.99;
    private static final double PROMISING = 0.05;

    @Override
    public InputPart input() {
        return new InputPart.Tokens(CLASSES + NOISE, EMBEDDING);
    }

    @Override
    public Head head() {
        return new Head.SequenceClass(CLASSES);
    }

    @Override
    public int steps(int length) {
        return length;
    }

    @Override
    public Examples draw(int length, int sequences, RandomGenerator random) {
        int[] tokens =
                random.ints((long) length * sequences, CLASSES, CLASSES + NOISE).toArray();
        int[] classes = random.ints(sequences, 0, CLASSES).toArray();
        System.arraycopy(classes, 0, tokens, 0, sequences);
        return new Examples(tokens, null, classes, null, null);
    }

    @Override
    public double chance() {
        return 1.0 / CLASSES;
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
