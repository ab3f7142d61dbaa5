package lstmgpu.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.Console;
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
    /** What stands for the name of a file in the help. */
    private static final Set<String> PATHS = Set.of("FILE", "DIR");

    /** The shells there is a script for. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private static final String WORDS = """

        # picocli's function above knows flags and values as words of their own: bash cuts --cell=gru at the sign, zsh does not.
        _complete_lstm_gpu_words() {
          local -a words
          local i word before='' list=''
          words=()
          for ((i = 0; i <= COMP_CWORD; i++)); do
            word=${COMP_WORDS[i]}
            before=''
            case $word in
              =) [ $i -lt $COMP_CWORD ] || words+=('') ;;
              --*=*) before="${word%%=*}="; words+=("${word%%=*}" "${word#*=}") ;;
              *) words+=("$word") ;;
            esac
          done
          COMP_CWORD=$((${#words[@]} - 1))
          word=${words[COMP_CWORD]}
          case ${words[COMP_CWORD - 1]} in
            LISTS) case $word in *,*) list="${word%,*},"; words[COMP_CWORD]=${word##*,} ;; esac ;;
          esac
          COMP_WORDS=("${words[@]}")
          _complete_lstm-gpu
          if [ ${#COMPREPLY[@]} -eq 0 ]; then
            case ${words[COMP_CWORD - 1]} in
              PATHS)
                local IFS=$'\n'
                type compopt &>/dev/null && compopt -o filenames
                COMPREPLY=( $( compgen -f -- "${words[COMP_CWORD]}" ) )
                ;;
            esac
          fi
          [ -z "$before$list" ] || COMPREPLY=("${COMPREPLY[@]/#/$before$list}")
        }
        complete -F _complete_lstm_gpu_words -o default lstm-gpu
        """;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    Shell shell;

    CompletionCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        CommandLine all = Program.complete(console);
        Program.withParts(all).forEach(command -> nameChoices(command.getCommandSpec()));
        console.print(shell == Shell.FISH ? FishCompletion.script(all) : bash(all));
        return ExitCode.DONE.code();
    }

    /** picocli's script, which zsh reads too, behind a function that knows {@code --flag=value} and lists of values. */
    private static String bash(CommandLine all) {
        String lists = names(all, option -> option.splitRegex().equals(","));
        String paths = names(all, option -> PATHS.contains(option.paramLabel()));
        return AutoComplete.bash(Program.NAME, all)
                + WORDS.replace("LISTS", lists).replace("PATHS", paths);
    }

    private static String names(CommandLine all, Predicate<OptionSpec> wanted) {
        return Program.withParts(all)
                .flatMap(command -> command.getCommandSpec().options().stream())
                .filter(wanted)
                .flatMap(option -> Stream.of(option.names()))
                .distinct()
                .sorted()
                .collect(Collectors.joining("|"));
    }

    /**
     * Gives the choices of every argument as people type them rather than as Java's constants, and a label that no
     * other has: picocli calls the variable after it that has the choices.
     */
    private static void nameChoices(CommandSpec command) {
        for (OptionSpec option : List.copyOf(command.options())) {
            if (!choices(option).isEmpty() || option.completionCandidates() != null) {
                command.remove(option);
                command.addOption(option.toBuilder()
                        .paramLabel(option.longestName().substring(2))
                        .completionCandidates(
                                choices(option).isEmpty() ? option.completionCandidates() : choices(option))
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
                        .map(choice -> Choices.name((Enum<?>) choice))
                        .toList()
                : List.of();
    }
}
