package lstmgpu.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import lstmgpu.cli.flags.CommonFlags;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.files.CacheFolder;
import lstmgpu.models.Tasks;
import lstmgpu.parallel.mpi.Processes;
import lstmgpu.task.Examiner;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command: its console and the flags that every command has. */
abstract class ProgramCommand implements Callable<Integer> {
    final Console console;

    /** Those whose models can be used. */
    Tasks tasks = Tasks.ALL;

    /** Those that were started for this command, for one that can be divided. */
    Processes processes = Processes.ALONE;

    @Spec
    CommandSpec spec;

    @Mixin
    CommonFlags common;

    /** The commands of which it is the common name, such as train and predict of forecast, in the order of the help. */
    Map<String, Function<Console, ProgramCommand>> parts() {
        return Map.of();
    }

    /** What {@code --help} says between the flags and the examples. */
    String explanation() {
        return "";
    }

    ProgramCommand(Console console) {
        this.console = console;
    }

    /** The processes that divide the work of this command. */
    final SharedWork shared() {
        return new SharedWork(processes, spec.commandLine().getParseResult().originalArgs());
    }

    /** The GPU or the cores of this process, as far as nothing else is asked for. */
    final DeviceChoice own(DeviceFlags device) {
        return device.choice().shared(processes.hostRank(), processes.cores());
    }

    /**
     * @param column that has the texts where inputs are records; null where the inputs say it themselves
     * @param lines whether the last line of every text gets a line end where it lacks one
     * @param notice hears what a person should know of the inputs
     */
    final Examiner.Reading reading(String column, boolean lines, Consumer<String> notice) {
        return new Examiner.Reading(column, lines, CacheFolder.of(console.environment()), notice);
    }
}
