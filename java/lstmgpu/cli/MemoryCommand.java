package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.Seconds;
import lstmgpu.files.AtomicFiles;
import lstmgpu.gaps.GapChart;
import lstmgpu.gaps.GapRow;
import lstmgpu.gaps.GapRun;
import lstmgpu.gaps.GapSettings;
import lstmgpu.gaps.GapTask;
import lstmgpu.network.Initialisation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds out how far the cells remember. */
@Command(
        name = "memory",
        description = {
            "Shows how far each kind of cell remembers: trains small networks on tasks whose answer depends on what was"
                    + " read long before, over longer and longer gaps, and says who still solves which.",
            "",
            "Every network is trained by itself and from its first weights on, on the gap itself: one recurrent layer,"
                + " new random sequences at every step, Adam, gradients clipped at norm 1. Weights begin as in train,"
                + " uniform in 1/sqrt(H) on either side of 0, but the gates that keep a state begin open for about as"
                + " long as the gap (chrono initialisation, Tallec and Ollivier 2018); plain cells have none. A"
                + " network is done when it solves its task on 512 new sequences: 99 %% right answers, or a mean"
                + " squared error of 0.01, where always telling the mean has 0.167. A cell that fails on a gap is not"
                + " tried on longer ones."
        },
        footer = {
            "",
            "Examples:",
            "  lstm-gpu memory --chart memory.svg                     the first of up to 2,000 symbols decides",
            "  lstm-gpu memory --task adding,copy --lengths 50,200    two more tasks",
            "  lstm-gpu memory --init uniform --lengths 50,100        gates that do not begin open",
            "  lstm-gpu memory --init orthogonal                      weights with which plain cells begin better"
        })
final class MemoryCommand extends ProgramCommand {
    private static final int LONGEST = 100_000;
    private static final int SHORTEST = 5;
    private static final int MOST_TOKENS = 1 << 23;
    private static final int LARGEST = 1 << 12;
    private static final double SAY_EVERY = 10;

    @Option(
            names = "--task",
            split = ",",
            defaultValue = "first",
            paramLabel = "NAME,...",
            description =
                    "first: the first of T symbols is one of two, which is to be told after the last; the others are"
                            + " noise. adding: of T numbers two are marked, both in the first half; their sum is to be"
                            + " told after the last. copy: three of four symbols are to be repeated after a gap of T"
                            + " steps. Default: ${DEFAULT-VALUE}.")
    List<GapTask> puzzles;

    @Option(
            names = "--cells",
            split = ",",
            paramLabel = "NAME,...",
            description =
                    "Some of " + Cell.WORDS + ". Default: those that usual libraries have, which are the first four.")
    List<Cell> cells = Arrays.stream(Cell.values()).filter(Cell::isUsual).toList();

    @Option(
            names = "--lengths",
            split = ",",
            defaultValue = "10,20,50,100,200,400,1000,2000",
            paramLabel = "T,...",
            description = "Gaps in steps. Default: ${DEFAULT-VALUE}.")
    List<Integer> lengths;

    @Option(
            names = "--max-time",
            defaultValue = "4m",
            paramLabel = "TIME",
            description =
                    "For all networks together. Each may take a sixth of what is left, or its share in proportion to"
                            + " the gaps of those that may still come where that is more. Default: ${DEFAULT-VALUE}.")
    Seconds maxTime;

    @Option(
            names = "--max-steps",
            defaultValue = "2000",
            paramLabel = "N",
            description = "Of each network, if its time does not end before. Default: ${DEFAULT-VALUE}.")
    int maxSteps;

    @Option(names = "--hidden-size", defaultValue = "32", paramLabel = "H", description = "Default: ${DEFAULT-VALUE}.")
    int hiddenSize;

    @Option(names = "--batch-size", defaultValue = "32", paramLabel = "B", description = "Default: ${DEFAULT-VALUE}.")
    int batchSize;

    @Option(
            names = {"--lr", "--learning-rate"},
            defaultValue = "0.003",
            paramLabel = "RATE",
            description = "Of Adam. Default: ${DEFAULT-VALUE}.")
    float learningRate;

    @Option(
            names = "--init",
            defaultValue = "chrono",
            paramLabel = "NAME",
            description = "uniform, xavier, orthogonal or chrono: the first weights, as in train. Default:"
                    + " ${DEFAULT-VALUE}.")
    Initialisation initialisation;

    @Option(
            names = "--seed",
            defaultValue = "0",
            paramLabel = "N",
            description = "Of weights and sequences. Default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the rows as JSON, one object a line; - for standard output instead of the table.")
    String json;

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            description = "Also draw who still solves which gap; the name ends in .svg or .png.")
    Path chart;

    @Mixin
    DeviceFlags device;

    private final List<GapRow> rows = new ArrayList<>();

    MemoryCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        check();
        GapSettings settings = new GapSettings(hiddenSize, batchSize, learningRate, maxSteps, initialisation, seed);
        try (Backend backend = device.open(console::say)) {
            new GapRun(backend, settings, maxTime.value(), new Progress())
                    .run(
                            puzzles.stream().distinct().toList(),
                            List.copyOf(new TreeSet<>(lengths)),
                            cells.stream().distinct().toList());
        }
        if (!printsJson()) {
            console.print(MemoryTable.text(rows, cells.stream().distinct().toList()));
        }
        if (chart != null) {
            GapChart.write(chart, rows);
        }
        return ExitCode.DONE.code();
    }

    private boolean printsJson() {
        return "-".equals(json);
    }

    private void check() {
        LstmGpuException.requireRange("--hidden-size", hiddenSize, 1, LARGEST);
        LstmGpuException.requireRange("--batch-size", batchSize, 1, LARGEST);
        LstmGpuException.requireRange("--max-steps", maxSteps, 1, Integer.MAX_VALUE);
        for (int length : lengths) {
            LstmGpuException.requireRange("--lengths", length, SHORTEST, LONGEST);
            if ((long) length * batchSize > MOST_TOKENS) {
                throw LstmGpuException.usage(
                        "--lengths %d with --batch-size %d is more than %,d steps at once; make one of them smaller",
                        length, batchSize, MOST_TOKENS);
            }
        }
        if (!(learningRate > 0 && Float.isFinite(learningRate))) {
            throw LstmGpuException.usage("--lr must be above 0, not %s", learningRate);
        }
        if (!(maxTime.value() > 0)) {
            throw LstmGpuException.usage("--max-time must be above 0, not %s", maxTime.text());
        }
        OutputFiles.checkChart(chart);
        if (json != null && !printsJson()) {
            OutputFiles.check("--json", Path.of(json));
        }
    }

    /** Says on standard error what is going on, and keeps the rows. */
    private final class Progress implements GapRun.Listener {
        private long said = System.nanoTime();

        @Override
        public void progress(GapTask task, Cell cell, int length, int steps, double loss) {
            if ((System.nanoTime() - said) * 1e-9 >= SAY_EVERY) {
                said = System.nanoTime();
                console.say(String.format(
                        Locale.ROOT,
                        "%s, gap %,d, %s: %s, loss %.4f",
                        task.word(),
                        length,
                        cell.word(),
                        Count.of(steps, "step"),
                        loss));
            }
        }

        @Override
        public void row(GapRow row) {
            said = System.nanoTime();
            rows.add(row);
            console.say("%s, gap %,d, %s: %s after %s and %s%s"
                    .formatted(
                            row.task().word(),
                            row.length(),
                            row.cell().word(),
                            (row.isAccuracy() ? "" : "error ") + MemoryTable.result(row),
                            Count.of(row.steps(), "step"),
                            Durations.text(row.seconds()),
                            row.solved() ? ": solved" : row.timeOver() ? ": its time was over" : ""));
            if (printsJson()) {
                console.print(MemoryTable.json(row));
            } else if (json != null) {
                // The whole file every time, so that a run that is ended early leaves what it has found.
                StringBuilder lines = new StringBuilder();
                rows.forEach(each -> lines.append(MemoryTable.json(each)));
                AtomicFiles.writeText(Path.of(json), lines.toString());
            }
        }
    }
}
