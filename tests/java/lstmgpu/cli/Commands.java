package lstmgpu.cli;

import java.util.Map;

/** Commands for tests of other packages, with the cache of the process. */
public final class Commands {
    private Commands() {}

    public static CommandRun run(String... arguments) {
        String cache = System.getenv("LSTM_GPU_CACHE");
        return CommandRun.with(cache == null ? Map.of() : Map.of("LSTM_GPU_CACHE", cache), "", arguments);
    }
}
