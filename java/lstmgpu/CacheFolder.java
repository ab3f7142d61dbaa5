package lstmgpu;

import java.nio.file.Path;
import java.util.Map;

/** Where things are kept that can be made again. */
public final class CacheFolder {
    private CacheFolder() {}

    /** LSTM_GPU_CACHE, otherwise {@code lstm-gpu} in XDG_CACHE_HOME or {@code ~/.cache}. */
    public static Path of(Map<String, String> environment) {
        String own = environment.getOrDefault("LSTM_GPU_CACHE", "");
        if (!own.isBlank()) {
            return Path.of(own);
        }
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path parent = caches.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches);
        return parent.resolve("lstm-gpu");
    }
}
