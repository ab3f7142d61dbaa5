package lstmgpu.cli;

import java.util.Arrays;
import java.util.List;
import lstmgpu.ExitCode;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** Writes what a shell needs to complete commands, flags and their values. */
@Command(
        name = "completion",
        customSynopsis = "lstm-gpu completion bash|zsh|fish",
        description = "Prints a script that lets a shell complete commands, flags and their values.",
        footer = {
            "",
            "Examples:",
            "  source <(lstm-gpu completion bash)     in this shell; in ~/.bashrc for all",
            "  source <(lstm-gpu completion zsh)      in this shell; in ~/.zshrc for all",
            "  lstm-gpu completion fish >~/.config/fish/completions/lstm-gpu.fish"
        })
final class CompletionCommand extends ProgramCommand {
    /** The shells there is a script for. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    Shell shell;

    CompletionCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        CommandLine all = Program.complete(console);
        all.getSubcommands().values().forEach(command -> nameChoices(command.getCommandSpec()));
        console.print(shell == Shell.FISH ? FishCompletion.script(all) : AutoComplete.bash(Program.NAME, all));
        return ExitCode.DONE.code();
    }

    /**
     * Gives the choices of every argument as people type them rather than as Java's constants, and a label that no other
     * has: picocli calls the variable after it that has the choices.
     */
    private static void nameChoices(CommandSpec command) {
        for (OptionSpec option : List.copyOf(command.options())) {
            if (!choices(option).isEmpty()) {
                command.remove(option);
                command.addOption(option.toBuilder()
                        .paramLabel(option.longestName().substring(2))
                        .completionCandidates(choices(option))
                        .build());
            }
        }
        for (PositionalParamSpec parameter : List.copyOf(command.positionalParameters())) {
            if (!choices(parameter).isEmpty()) {
                command.remove(parameter);
                command.addPositional(parameter.toBuilder()
                        .completionCandidates(choices(parameter))
                        .build());
            }
        }
    }

    private static List<String> choices(ArgSpec argument) {
        Class<?> type = argument.auxiliaryTypes().length > 0 ? argument.auxiliaryTypes()[0] : argument.type();
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(choice -> Arguments.name((Enum<?>) choice))
                        .toList()
                : List.of();
    }
}
