package lstmgpu.files;

import java.nio.file.Path;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

/** Where things are kept that can be made again. Some of them are run, so no other user may be able to change them. */
public final class CacheFolder {
    private static final String REMEDY = "set LSTM_GPU_CACHE to a folder that only you can write";

    private CacheFolder() {}

    /**
     * LSTM_GPU_CACHE, otherwise {@code lstm-gpu} in XDG_CACHE_HOME or {@code ~/.cache}; it need not be there.
     *
     * @throws LstmGpuException with exit code 1 if another user could change what is in it, or nothing says where it is
     */
    public static Path of(Map<String, String> environment) {
        Path folder = named(environment);
        new PrivateFolder(folder, REMEDY).require();
        return folder;
    }

    /**
     * Makes the cache folder or a folder in it, for its owner only.
     *
     * @throws LstmGpuException with exit code 1 if that fails or another user could change what is in it
     */
    public static Path make(Path folder) {
        return new PrivateFolder(folder, REMEDY).make();
    }

    /** Whether a file in the cache is the user's own, and no other user could change or exchange it. */
    public static boolean isOwn(Path file) {
        try {
            new PrivateFolder(file.toAbsolutePath().getParent(), REMEDY).require();
            return PrivateFolder.holdsOwn(file);
        } catch (LstmGpuException open) {
            return false;
        }
    }

    /** Where it would be, whatever is there. */
    public static Path named(Map<String, String> environment) {
        String own = environment.getOrDefault("LSTM_GPU_CACHE", "");
        if (!own.isBlank()) {
            return Path.of(own).toAbsolutePath();
        }
        // Those that are not absolute do not count, as the standard of XDG has it.
        Path caches = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
        if (caches.isAbsolute()) {
            return caches.resolve("lstm-gpu");
        }
        Path home = Path.of(environment.getOrDefault("HOME", ""));
        if (!home.isAbsolute()) {
            home = Path.of(System.getProperty("user.home"));
        }
        if (!home.isAbsolute()) {
            throw new LstmGpuException(
                    ExitCode.FAILED, "this user has no home folder to keep native libraries in; " + REMEDY);
        }
        return home.resolve(".cache", "lstm-gpu");
    }
}
