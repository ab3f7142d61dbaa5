package lstmgpu.data;

import lstmgpu.LstmGpuException;

/**
 * What a vocabulary is built from.
 *
 * @param vocabularySize the most tokens, special ones included; 0 for no limit
 * @param minFrequency tokens that come less often become {@code <unk>}; 1 keeps all
 * @param lines whether every line ends with a line end, see {@link TokenizeOptions#lines}
 */
public record TextOptions(int vocabularySize, int minFrequency, boolean lines) {
    /** No limits. */
    public static final TextOptions DEFAULT = new TextOptions(0, 1, false);

    private static final int SMALLEST_VOCABULARY = 3;

    public TextOptions {
        if (vocabularySize != 0 && vocabularySize < SMALLEST_VOCABULARY) {
            throw LstmGpuException.usage(
                    "--vocab-size %d is out of range; it is at least %d, or 0 for no limit",
                    vocabularySize, SMALLEST_VOCABULARY);
        }
        if (minFrequency < 1) {
            throw LstmGpuException.usage("--min-freq %d is out of range; it is at least 1", minFrequency);
        }
    }

    boolean limits() {
        return vocabularySize != 0 || minFrequency > 1;
    }
}
