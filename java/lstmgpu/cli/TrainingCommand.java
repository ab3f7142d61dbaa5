package lstmgpu.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.backend.Backend;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.runs.PreparedRun;

/** A command that trains a model, and whose run somebody else may train in its place. */
abstract class TrainingCommand extends ProgramCommand {
    TrainingCommand(Console console) {
        super(console);
    }

    /** As they were given. */
    abstract List<Path> inputs();

    abstract TrainingFlags training();

    abstract RunWords words();

    /**
     * Checks the flags and reads the data.
     *
     * @param notice hears what a person should know of them
     * @throws lstmgpu.LstmGpuException as the command refuses them
     */
    abstract PreparedRun prepare(Consumer<String> notice);

    /** What a model gets once its training is over. */
    void completed(PreparedRun run, Backend backend) {}
}
