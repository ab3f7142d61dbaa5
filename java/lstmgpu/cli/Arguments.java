package lstmgpu.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.bench.BenchTask;
import lstmgpu.model.Initialisation;
import lstmgpu.train.Schedule;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.TypeConversionException;

/** How words on the command line become values. */
final class Arguments {
    private Arguments() {}

    static void configure(CommandLine root, Console console) {
        root.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        root.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        root.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        root.setUsageHelpAutoWidth(false);
        root.setUsageHelpWidth(100);
        root.setUsageHelpLongOptionsMaxWidth(34);
        root.setAbbreviatedOptionsAllowed(false);
        root.setOverwrittenOptionsAllowed(true);
        root.setUnmatchedOptionsAllowedAsOptionParameters(true);
        registerChoices(root, Cell.class);
        registerChoices(root, OptimizerSpec.Kind.class);
        registerChoices(root, Schedule.Kind.class);
        registerChoices(root, Precision.class);
        registerChoices(root, Initialisation.class);
        registerChoices(root, Preset.class);
        registerChoices(root, ProgressView.Style.class);
        registerChoices(root, GenerateCommand.Format.class);
        registerChoices(root, RnnImplementation.class);
        registerChoices(root, BenchTask.class);
        registerChoices(root, CompletionCommand.Shell.class);
        root.registerConverter(Seconds.class, Seconds::parse);
        completeHelp(root);
        root.getSubcommands().values().forEach(Arguments::completeHelp);
        root.getSubcommands().values().forEach(FlagSections::install);
    }

    /** What picocli leaves out of a manual page. */
    private static void completeHelp(CommandLine command) {
        Map<String, String> codes = new LinkedHashMap<>();
        for (ExitCode code : ExitCode.values()) {
            codes.put(" " + code.code(), code.meaning());
        }
        UsageMessageSpec help = command.getCommandSpec().usageMessage();
        help.exitCodeListHeading("%nExit codes:%n").exitCodeList(codes);
        help.descriptionHeading("%n");
        help.parameterListHeading(
                command.getCommandSpec().positionalParameters().isEmpty() ? "" : "%nArguments:%n");
    }

    private static <E extends Enum<E>> void registerChoices(CommandLine root, Class<E> type) {
        root.registerConverter(type, text -> choice(type, text));
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String text) {
        return Stream.of(type.getEnumConstants())
                .filter(value ->
                        name(value).equals(text.toLowerCase(Locale.ROOT).replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("it is one of " + choices(type) + ", not " + text));
    }

    private static String choices(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(Arguments::name).collect(Collectors.joining(", "));
    }

    /** The name of a choice as people type it. */
    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Rewrites {@code --rnn_size} as {@code --rnn-size}, where that is a flag; texts that only look
     * like flags stay as they are.
     */
    static String[] normalise(CommandLine root, String... arguments) {
        int end = List.of(arguments).indexOf("--");
        String[] normal = arguments.clone();
        for (int i = 0; i < (end < 0 ? normal.length : end); i++) {
            normal[i] = normalise(root, normal[i]);
        }
        return normal;
    }

    private static String normalise(CommandLine root, String argument) {
        if (!argument.startsWith("--") || argument.indexOf('_') < 0) {
            return argument;
        }
        int end = argument.indexOf('=') < 0 ? argument.length() : argument.indexOf('=');
        String flag = argument.substring(0, end).replace('_', '-');
        boolean known = root.getSubcommands().values().stream()
                .anyMatch(command -> command.getCommandSpec().optionsMap().containsKey(flag));
        return known ? flag + argument.substring(end) : argument;
    }

    /** A length of time: 90, 90s, 30m, 2h or 1h30m. */
    record Seconds(double value) {
        static Seconds parse(String text) {
            var pattern = java.util.regex.Pattern.compile(
                    "(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+(?:\\.\\d+)?)s?)?", java.util.regex.Pattern.CASE_INSENSITIVE);
            var match = pattern.matcher(text);
            if (text.isEmpty() || !match.matches()) {
                throw new TypeConversionException("it is a time like 90s, 30m or 1h30m, not " + text);
            }
            return new Seconds(part(match.group(1)) * 3600 + part(match.group(2)) * 60 + part(match.group(3)));
        }

        /** As {@link #parse} takes it. */
        String text() {
            return value == Math.rint(value) ? (long) value + "s" : value + "s";
        }

        private static double part(String digits) {
            return digits == null ? 0 : Double.parseDouble(digits);
        }
    }
}
