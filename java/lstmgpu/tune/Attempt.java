package lstmgpu.tune;

import java.nio.file.Path;
import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.runs.PreparedRun;
import lstmgpu.store.ModelDirectory;

/** A run with drawn settings whose data has been read, so that it can train. */
public interface Attempt extends AutoCloseable {
    PreparedRun run();

    /** The device it trains on. */
    Backend open();

    /** Its folder, locked; called last. */
    ModelDirectory directory();

    /** What a model gets once its training is over. */
    void completed(Backend backend);

    @Override
    void close();

    /** Makes runs out of settings. */
    @FunctionalInterface
    interface Maker {
        /**
         * @param settings values by flags
         * @param folder of the run; where it has a checkpoint the run goes on from there
         * @throws lstmgpu.LstmGpuException as a command that trains would refuse them
         */
        Attempt of(Map<String, String> settings, Path folder);
    }
}
