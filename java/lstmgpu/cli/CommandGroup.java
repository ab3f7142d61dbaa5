package lstmgpu.cli;

import java.util.Map;
import java.util.function.Function;
import lstmgpu.ExitCode;
import lstmgpu.cli.report.Console;
import picocli.CommandLine.Help.Ansi;

/** A command that is only the common name of others; by itself it says what they are. */
abstract class CommandGroup extends ProgramCommand {
    CommandGroup(Console console) {
        super(console);
    }

    @Override
    abstract Map<String, Function<Console, ProgramCommand>> parts();

    @Override
    public Integer call() {
        console.err().print(spec.commandLine().getUsageMessage(Ansi.OFF));
        return ExitCode.USAGE.code();
    }
}
