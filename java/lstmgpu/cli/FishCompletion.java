package lstmgpu.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands and flags of the program as a script for the fish shell, one {@code complete} a line. */
final class FishCompletion {
    private final StringBuilder script = new StringBuilder();

    private FishCompletion() {}

    static String script(CommandLine root) {
        FishCompletion completion = new FishCompletion();
        completion.add("-f", "");
        root.getCommandSpec().options().forEach(option -> completion.add(option, "__fish_use_subcommand"));
        root.getSubcommands().forEach((name, command) -> {
            String within = "__fish_seen_subcommand_from " + name;
            String groups = root.getSubcommands().entrySet().stream()
                    .filter(other -> other.getValue().getSubcommands().containsKey(name))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.joining(" "));
            // A group may have a command of the same name as one that stands by itself.
            String alone = groups.isEmpty() ? within : within + "; and not __fish_seen_subcommand_from " + groups;
            completion.add(name, command, "__fish_use_subcommand", alone);
        });
        return completion.script.toString();
    }

    /**
     * @param before where its name may stand
     * @param within where its flags may stand
     */
    private void add(String name, CommandLine command, String before, String within) {
        CommandSpec spec = command.getCommandSpec();
        add("-n " + quoted(before) + " -a " + name, spec.usageMessage().description());
        String parts = String.join(" ", command.getSubcommands().keySet());
        command.getSubcommands()
                .forEach((part, line) -> add(
                        part,
                        line,
                        within + "; and not __fish_seen_subcommand_from " + parts,
                        within + "; and __fish_seen_subcommand_from " + part));
        String flags = parts.isEmpty() ? within : within + "; and not __fish_seen_subcommand_from " + parts;
        spec.options().stream().filter(option -> !option.hidden()).forEach(option -> add(option, flags));
        spec.positionalParameters().forEach(parameter -> add(parameter, flags));
    }

    private void add(OptionSpec option, String condition) {
        String names = Arrays.stream(option.names()).map(FishCompletion::name).collect(Collectors.joining(" "));
        String value = option.arity().max() == 0 ? "" : takesPath(option) ? " -r -F" : " -x" + choices(option);
        add("-n " + quoted(condition) + " " + names + value, option.description());
    }

    private void add(PositionalParamSpec parameter, String condition) {
        String value = takesPath(parameter) ? " -F" : choices(parameter);
        if (!value.isEmpty()) {
            add("-n " + quoted(condition) + value, parameter.description());
        }
    }

    private void add(String what, String... description) {
        script.append("complete -c ").append(Program.NAME).append(' ').append(what);
        String text = firstSentence(String.join(" ", description));
        if (!text.isEmpty()) {
            script.append(" -d ").append(quoted(text));
        }
        script.append('\n');
    }

    /** {@code --lr} as {@code -l lr}, {@code -o} as {@code -s o}. */
    private static String name(String name) {
        return name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1);
    }

    private static boolean takesPath(ArgSpec argument) {
        return argument.type() == Path.class
                || Arrays.asList(argument.auxiliaryTypes()).contains(Path.class);
    }

    private static String choices(ArgSpec argument) {
        if (argument.completionCandidates() == null) {
            return "";
        }
        String words = String.join(" ", argument.completionCandidates());
        return words.isEmpty() ? "" : " -a " + quoted(words);
    }

    private static String firstSentence(String text) {
        int end = text.indexOf(". ");
        return end < 0 ? text.replaceAll("\\.$", "") : text.substring(0, end);
    }

    /** In single quotes, where fish leaves everything but these two characters alone. */
    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
