package lstmgpu.cli;

import java.nio.file.Path;
import java.util.Arrays;
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
            CommandSpec spec = command.getCommandSpec();
            completion.add(
                    "-n __fish_use_subcommand -a " + name, spec.usageMessage().description());
            String within = "__fish_seen_subcommand_from " + name;
            spec.options().stream()
                    .filter(option -> !option.hidden())
                    .forEach(option -> completion.add(option, within));
            spec.positionalParameters().forEach(parameter -> completion.add(parameter, within));
        });
        return completion.script.toString();
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
