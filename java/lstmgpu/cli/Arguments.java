package lstmgpu.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.bench.BenchTask;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Seconds;
import lstmgpu.gaps.GapTask;
import lstmgpu.network.Initialisation;
import lstmgpu.network.WeightGroup;
import lstmgpu.parallel.Wire;
import lstmgpu.runs.ForecastChoice;
import lstmgpu.runs.Preset;
import lstmgpu.runs.SoftmaxChoice;
import lstmgpu.task.forecast.Scale;
import lstmgpu.task.forecast.Strategy;
import lstmgpu.train.Averaging;
import lstmgpu.train.Schedule;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;

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
        Choices.register(root, Cell.class);
        Choices.register(root, OptimizerSpec.Kind.class);
        Choices.register(root, Schedule.Kind.class);
        Choices.register(root, SoftmaxChoice.Kind.class);
        Choices.register(root, Averaging.Kind.class);
        Choices.register(root, RoundedWeights.class);
        Choices.register(root, WeightGroup.class);
        Choices.register(root, Precision.class);
        Choices.register(root, Initialisation.class);
        Choices.register(root, Pooling.class);
        Choices.register(root, Preset.class);
        Choices.register(root, ProgressView.Style.class);
        Choices.register(root, TuneView.Style.class);
        Choices.register(root, GenerateCommand.Format.class);
        Choices.register(root, RnnImplementation.class);
        Choices.register(root, Wire.class);
        Choices.register(root, BenchTask.class);
        Choices.register(root, GapTask.class);
        Choices.register(root, ForecastChoice.Loss.class);
        Choices.register(root, Scale.class);
        Choices.register(root, Strategy.class);
        Choices.register(root, CompletionCommand.Shell.class);
        root.registerConverter(Seconds.class, Seconds::parse);
        Program.withParts(root).forEach(Arguments::completeHelp);
        Program.withParts(root).skip(1).forEach(FlagSections::install);
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
        boolean known = Program.withParts(root)
                .anyMatch(command -> command.getCommandSpec().optionsMap().containsKey(flag));
        return known ? flag + argument.substring(end) : argument;
    }
}
