package lstmgpu.backend;

import java.util.Random;

/** Inputs that depend on nothing but a seed. */
final class TestData {
    /**
     * The sizes that shapes are made of: the smallest, two odd ones, and one past a power of two.
     */
    static final int[] SIZES = {1, 7, 33, 257};

    /** The seed of the whole suite; {@code -Dlstmgpu.test.seed=N} draws other shapes and values. */
    static final long SEED = Long.getLong("lstmgpu.test.seed", 20_25);

    private final Random random;

    TestData(long seed) {
        this.random = new Random(seed);
    }

    long seed() {
        return random.nextInt(Integer.MAX_VALUE);
    }

    int size() {
        return SIZES[random.nextInt(SIZES.length)];
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean flip() {
        return random.nextBoolean();
    }

    float[] normal(int length, double deviation) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    float[] uniform(int length, double low, double high) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (low + (high - low) * random.nextDouble());
        }
        return values;
    }

    int[] tokens(int length, int vocabulary) {
        return random.ints(length, 0, vocabulary).toArray();
    }
}
