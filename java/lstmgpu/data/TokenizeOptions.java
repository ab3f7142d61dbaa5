package lstmgpu.data;

import java.nio.file.Path;

/**
 * How texts become a token file.
 *
 * @param lines whether every line is a sequence that ends with a line end: the last line of each file then gets one
 *     where the file lacks it, so that the lines of several files never run together. Everything else stays as it is
 * @param cacheFolder where token files are kept; made when needed
 */
public record TokenizeOptions(boolean lines, Path cacheFolder) {
    private static final String CACHE_VARIABLE = "LSTM_GPU_CACHE";

    /** The cache folder is LSTM_GPU_CACHE, otherwise {@code ~/.cache/lstm-gpu}. */
    public static TokenizeOptions of(boolean lines) {
        String configured = System.getenv(CACHE_VARIABLE);
        Path folder = configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "lstm-gpu")
                : Path.of(configured);
        return new TokenizeOptions(lines, folder);
    }
}
