package lstmgpu.gaps;

import java.util.random.RandomGenerator;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;

/**
 * The adding problem (Hochreiter and Schmidhuber 1997): T numbers in [0, 1], two of them marked, one of the first ten
 * and another of the first half; after the last step their sum is to be said, so the way to it is T/2 steps at least.
 */
final class Adding implements GapProblem {
    private static final int EARLY = 10;
    private static final double GOAL = 0.01;

    @Override
    public InputPart input() {
        return new InputPart.Features(2);
    }

    @Override
    public Head head() {
        return new Head.Values(1);
    }

    @Override
    public int steps(int length) {
        return length;
    }

    @Override
    public Examples draw(int length, int sequences, RandomGenerator random) {
        float[] features = new float[2 * length * sequences];
        float[] values = new float[length * sequences];
        float[] weights = new float[length * sequences];
        int half = Math.max(2, length / 2);
        int early = Math.min(EARLY, half - 1);
        for (int b = 0; b < sequences; b++) {
            for (int t = 0; t < length; t++) {
                features[2 * (t * sequences + b)] = random.nextFloat();
            }
            int first = random.nextInt(early);
            int second = random.nextInt(half - 1);
            second += second >= first ? 1 : 0;
            features[2 * (first * sequences + b) + 1] = 1;
            features[2 * (second * sequences + b) + 1] = 1;
            int last = (length - 1) * sequences + b;
            values[last] = features[2 * (first * sequences + b)] + features[2 * (second * sequences + b)];
            // The weights add up to their number, so that the losses' mean is that of the last step.
            weights[last] = length;
        }
        return new Examples(null, features, null, values, weights);
    }

    @Override
    public boolean isCounted() {
        return false;
    }

    /** The variance of the sum of two numbers that are uniform in [0, 1]. */
    @Override
    public double chance() {
        return 1.0 / 6;
    }

    @Override
    public double goal() {
        return GOAL;
    }

    @Override
    public double promisingLoss() {
        return GOAL;
    }
}
