package lstmgpu.backend.cpu;

import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.Philox;

/** Factors by random words, of a stretch of elements. */
final class DropoutMask {
    private static final int WORDS = 4;

    private DropoutMask() {}

    /** Inverted dropout: 0 or 1/(1−p) for elements {@code first + i}. {@code words} is scratch of four. */
    static void fill(float p, long seed, int stream, int step, long first, float[] factors, int n, int[] words) {
        fill(p, seed, stream, step, first, 0f, 1f / (1f - p), factors, n, words);
    }

    /** 1 with the mask's probability, else 0, for the elements of the mask from {@code first} on. */
    static void choose(DropoutSpec mask, int step, long first, float[] factors, int n, int[] words) {
        long element = mask.element(first);
        fill(mask.probability(), mask.seed(), mask.stream(), step, element, 1f, 0f, factors, n, words);
    }

    private static void fill(
            float p,
            long seed,
            int stream,
            int step,
            long first,
            float below,
            float otherwise,
            float[] factors,
            int n,
            int[] words) {
        int threshold = Philox.threshold(p);
        int some = Float.floatToRawIntBits(below);
        int others = Float.floatToRawIntBits(otherwise);
        long block = first / WORDS;
        int word = (int) (first % WORDS);
        for (int i = 0; i < n; block++, word = 0) {
            Philox.block(seed, stream, step, block, words, 0);
            for (; word < WORDS && i < n; word++, i++) {
                // All ones where the word is below the threshold; a branch would be mispredicted half the time.
                int is = (int) (((words[word] & 0xFFFFFFFFL) - (threshold & 0xFFFFFFFFL)) >> 63);
                factors[i] = Float.intBitsToFloat(some & is | others & ~is);
            }
        }
    }
}
