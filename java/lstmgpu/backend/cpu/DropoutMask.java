package lstmgpu.backend.cpu;

import lstmgpu.backend.Philox;

/** The factors of inverted dropout, 0 or 1/(1−p), of a stretch of elements. */
final class DropoutMask {
    private static final int WORDS = 4;

    private DropoutMask() {}

    /** factors[i] for elements {@code first + i}. {@code words} is scratch of four. */
    static void fill(float p, long seed, int stream, int step, long first, float[] factors, int n, int[] words) {
        int threshold = Philox.threshold(p);
        int kept = Float.floatToRawIntBits(1f / (1f - p));
        long block = first / WORDS;
        int word = (int) (first % WORDS);
        for (int i = 0; i < n; block++, word = 0) {
            Philox.block(seed, stream, step, block, words, 0);
            for (; word < WORDS && i < n; word++, i++) {
                // All ones where the word reaches the threshold; a branch would be mispredicted half the time.
                long below = ((words[word] & 0xFFFFFFFFL) - (threshold & 0xFFFFFFFFL)) >> 63;
                factors[i] = Float.intBitsToFloat(kept & ~(int) below);
            }
        }
    }
}
