package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.Sizes;
import lstmgpu.cli.report.TextTable;
import lstmgpu.store.LossChart;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lays training runs side by side. */
@Command(
        name = "compare",
        customSynopsis = "lstm-gpu compare RUN... [FLAGS]",
        description =
                "Lays training runs side by side: the lowest loss on the held-out text, steps, time, speed, and the"
                        + " settings in which they differ. Runs that are still going on may be among them. Runs on"
                        + " different texts are told apart, since their losses cannot be compared.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu compare runs/*                              a table, the best run first",
            "  lstm-gpu compare runs/a runs/b --chart losses.svg    and their losses in one chart"
        })
final class CompareCommand extends ProgramCommand {
    @Parameters(arity = "1..*", paramLabel = "RUN", description = "The folders of models.")
    List<Path> paths;

    @Option(
            names = {"--chart", "-o", "--output"},
            paramLabel = "FILE",
            description = "Also draw the losses over the steps; the name ends in .svg or .png.")
    Path chart;

    @Option(
            names = "--json",
            description = "One JSON object a run: run, group (runs of one can be compared), text, text_sha256,"
                    + " held_out_loss, best_step, training_loss, steps, seconds, tokens_per_second, settings.")
    boolean json;

    CompareCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        OutputFiles.checkChart(chart);
        List<ComparedRun> runs = new ArrayList<>();
        for (Path path : new LinkedHashSet<>(paths)) {
            runs.add(ComparedRun.of(path, ModelDirectory.open(path), tasks));
        }
        List<List<ComparedRun>> groups = comparable(runs);
        if (json) {
            for (List<ComparedRun> group : groups) {
                group.forEach(run -> console.print(run.json(groups.indexOf(group) + 1)));
            }
        } else {
            print(groups);
        }
        if (chart != null) {
            draw(runs);
        }
        return ExitCode.DONE.code();
    }

    /** In the order in which they were given, each with its best run first. */
    private static List<List<ComparedRun>> comparable(List<ComparedRun> runs) {
        List<List<ComparedRun>> groups = new ArrayList<>();
        for (ComparedRun run : runs) {
            List<ComparedRun> group = groups.stream()
                    .filter(others ->
                            others.stream().allMatch(other -> other.text().isComparableWith(run.text())))
                    .findFirst()
                    .orElseGet(() -> {
                        groups.add(new ArrayList<>());
                        return groups.getLast();
                    });
            group.add(run);
        }
        groups.forEach(group -> group.sort(ComparedRun.BEST_FIRST));
        return groups;
    }

    private void print(List<List<ComparedRun>> groups) {
        if (groups.size() > 1) {
            console.print(difference(groups) + "; their losses do not say which is better.\n");
        }
        for (List<ComparedRun> group : groups) {
            if (groups.size() > 1) {
                console.print("\n" + group.getFirst().text().line() + "\n");
            }
            console.print(results(group));
        }
        console.print(differences(groups.stream().flatMap(List::stream).toList()));
    }

    private static String difference(List<List<ComparedRun>> groups) {
        long texts = groups.stream()
                .map(group -> group.getFirst().text().sha256())
                .distinct()
                .count();
        boolean allTexts =
                groups.stream().allMatch(group -> group.getFirst().text().isText());
        if (texts > 1) {
            return "These runs were trained on different " + (allTexts ? "texts" : "data");
        }
        return allTexts
                ? "These runs cut the same text into other tokens, or hold out another part of it"
                : "These runs judge the same data in another unit or way, or hold out another part of it";
    }

    private static String results(List<ComparedRun> runs) {
        String speed = runs.getFirst().text().counted() + "/s";
        TextTable table = new TextTable("run", "held-out loss", "at step", "training loss", "steps", "time", speed);
        for (ComparedRun run : runs) {
            table.add(
                    run.name(),
                    ComparedRun.loss(run.bestLoss()),
                    Double.isFinite(run.bestLoss()) ? "%,d".formatted(run.bestStep()) : "",
                    ComparedRun.loss(run.trainingLoss()),
                    "%,d".formatted(run.steps()),
                    Durations.text(run.seconds()),
                    run.seconds() > 0 ? Sizes.count(run.tokensPerSecond()) : "");
        }
        return table.text();
    }

    /** What all runs have in common is left out. */
    private static String differences(List<ComparedRun> runs) {
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(run -> names.addAll(run.settings().keySet()));
        names.removeIf(name -> runs.stream()
                        .map(run -> run.settings().getOrDefault(name, ""))
                        .distinct()
                        .count()
                == 1);
        if (runs.size() == 1) {
            return "";
        }
        if (names.isEmpty()) {
            return "\nThe runs have the same settings.\n";
        }
        List<String> heading = new ArrayList<>(List.of("setting"));
        runs.forEach(run -> heading.add(run.name()));
        TextTable table = new TextTable(heading.toArray(String[]::new));
        for (String name : names) {
            List<String> line = new ArrayList<>(List.of(name));
            runs.forEach(run -> line.add(run.settings().getOrDefault(name, "")));
            table.add(line.toArray(String[]::new));
        }
        return "\n" + table.text();
    }

    private static String unit(List<ComparedRun> runs) {
        Set<String> units = runs.stream().map(run -> run.text().lossUnit()).collect(Collectors.toSet());
        return units.size() == 1 ? units.iterator().next() : "loss";
    }

    private void draw(List<ComparedRun> runs) {
        if (comparable(runs).size() > 1) {
            console.say("the chart shows runs whose losses cannot be compared");
        }
        Map<String, List<MetricsFile.Row>> curves = new LinkedHashMap<>();
        runs.forEach(run -> curves.put(run.name(), run.rows()));
        try {
            if (!LossChart.compare(chart, curves, unit(runs))) {
                console.say("no run has measured a loss yet, so there is no chart");
            }
        } catch (LossChart.Unavailable unavailable) {
            throw new LstmGpuException(ExitCode.FAILED, unavailable.getMessage(), unavailable);
        }
    }
}
