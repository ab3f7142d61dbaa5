package lstmgpu.cli;

import java.util.concurrent.Callable;
import lstmgpu.cli.flags.CommonFlags;
import lstmgpu.cli.report.Console;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command: its console and the flags that every command has. */
abstract class ProgramCommand implements Callable<Integer> {
    final Console console;

    /** Those whose models can be used. */
    Tasks tasks = Tasks.ALL;

    @Spec
    CommandSpec spec;

    @Mixin
    CommonFlags common;

    /** What {@code --help} says between the flags and the examples. */
    String explanation() {
        return "";
    }

    ProgramCommand(Console console) {
        this.console = console;
    }
}
