package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Interrupts;
import lstmgpu.cli.report.Seconds;
import lstmgpu.parallel.Peers;
import lstmgpu.tune.Dimension;
import lstmgpu.tune.Halving;
import lstmgpu.tune.Search;
import lstmgpu.tune.SearchRecord;
import lstmgpu.tune.Space;
import lstmgpu.tune.Trial;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Searches for settings. */
@Command(
        name = TuneCommand.NAME,
        customSynopsis = "lstm-gpu tune TRAIN-COMMAND... -o DIR [FLAGS]",
        description = {
            "Searches for the settings with which a command that trains learns best. Flags of that command are given"
                    + " ranges (a..b) or lists (a,b,c) in place of values; every run draws its own. All train a small"
                    + " share of their steps, the best of them go on from there to a larger share, and so on to the"
                    + " end (successive halving, Jamieson and Talwalkar 2016, Li et al. 2017).",
            "",
            "Each run is what the command by itself would be, with the same bits, and lies in DIR/runs; tune.json has"
                    + " what was found. The same command again goes on where a search was stopped."
        },
        footer = {
            "",
            "Examples:",
            "  lstm-gpu tune train text.txt --preset tiny -o search --lr 3e-3..3e-2 --hidden-size 64,128",
            "  lstm-gpu tune train text.txt -o search --dropout 0..0.5 --batch-size 16..128 --max-time 2h",
            "  lstm-gpu tune forecast train sales.csv -o search --space space.json --runs 27",
            "  lstm-gpu tune -o search --resume                       goes on",
            "  lstm-gpu tune train text.txt -o rates --lr-range 1e-5..1",
            "",
            "A file of settings: {\"lr\": \"1e-3..1e-2\", \"hidden-size\": [64, 128], \"num-layers\": \"1..3\",",
            "\"dropout\": {\"from\": 0, \"to\": 0.5, \"scale\": \"linear\"}}. Ranges of learning rates, and those whose"
                    + " ends",
            "are ten times apart, are drawn from by their logarithm."
        })
final class TuneCommand extends ProgramCommand {
    static final String NAME = "tune";

    private static final int RUNS = 16;
    private static final int MOST_RUNS = 10_000;
    private static final int MOST_ETA = 100;
    private static final int FEWEST_STEPS = 50;
    private static final int MOST_STEPS = 100_000;
    private static final String STOPPING = "stopping after a checkpoint; Ctrl-C again stops at once";

    @Parameters(
            paramLabel = "TRAIN-COMMAND",
            arity = "0..*",
            completionCandidates = Commands.class,
            description = "train, forecast train or classify train, with its inputs and flags.")
    List<String> words = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "The folder of the search.")
    Path output;

    @Option(names = "--space", paramLabel = "FILE", description = "Ranges and lists in a JSON object; see below.")
    Path file;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description =
                    "Runs to draw; more of them continue a search. Default: 16, or with --max-time as many as there"
                            + " is time for.")
    Integer runs;

    @Option(
            names = "--max-time",
            paramLabel = "TIME",
            description = "Stop after this time, earlier starts of the search included: 90s, 30m, 1h30m.")
    Seconds maxTime;

    @Option(
            names = "--eta",
            defaultValue = "3",
            paramLabel = "N",
            description = "Of N runs one goes on to N times as many steps. Default: ${DEFAULT-VALUE}.")
    int eta;

    @Option(
            names = "--lr-range",
            paramLabel = "A..B",
            description =
                    "No search but a range test of the learning rate (Smith 2017): in one run it goes up from A to"
                            + " B; where the loss falls fastest is a rate to begin with. Draws DIR/lr-range.svg.")
    String range;

    @Option(
            names = "--range-steps",
            defaultValue = "300",
            paramLabel = "N",
            description = "Steps of that run, which ends earlier if the loss explodes. Default: ${DEFAULT-VALUE}.")
    int rangeSteps;

    @Option(names = "--resume", description = "Go on with the search in DIR, whose command need not be given again.")
    boolean resume;

    @Option(names = "--overwrite", description = "Delete the search in DIR and begin anew; of --lr-range the picture.")
    boolean overwrite;

    @Option(
            names = "--progress",
            defaultValue = "auto",
            paramLabel = "NAME",
            description = "auto, bar, plain or none. Default: auto (a bar on a terminal, plain lines elsewhere).")
    TuneView.Style progress;

    TuneCommand(Console console) {
        super(console);
    }

    /** What a shell offers first. */
    static final class Commands extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Commands() {
            super(List.of("train", "forecast", "classify"));
        }
    }

    /**
     * Flags of tune may stand anywhere; they come first, so that what is left belongs to the command that is searched
     * over.
     */
    static String[] arranged(Console console, CommandLine tune, String... words) {
        List<String> given = List.of(words).subList(1, words.length);
        List<String> arranged = new ArrayList<>(List.of(NAME));
        boolean own = given.contains("--help") || given.contains("-h") || TuneWords.isOwn(tune.getCommandSpec(), given);
        if (own) {
            arranged.addAll(given);
        } else {
            TuneWords split =
                    TuneWords.of(console, ((ProgramCommand) tune.getCommand()).tasks, tune.getCommandSpec(), given);
            arranged.addAll(split.own());
            arranged.add("--");
            arranged.addAll(split.words(List.of()));
        }
        return arranged.toArray(String[]::new);
    }

    @Override
    public Integer call() {
        check();
        if (range != null) {
            return rates().code();
        }
        Peers peers = shared().alike();
        SearchFolder folder = new SearchFolder(output);
        SearchRecord earlier = peers.rank() == 0 ? folder.earlier(resume, overwrite) : null;
        if (peers.size() > 1) {
            earlier = folder.asFirst(earlier, peers);
        }
        TuneWords command = words.isEmpty() && earlier != null
                ? TuneWords.of(console, tasks, spec, earlier.command()).followed(output)
                : TuneWords.of(console, tasks, spec, words);
        TuneSpace space = words.isEmpty() && earlier != null
                ? TuneSpace.recorded(command, earlier.space())
                : TuneSpace.of(command, file);
        SearchRecord asked = asked(space);
        SearchRecord record = earlier == null ? asked : folder.goingOn(earlier, asked, words.isEmpty(), runs);
        return search(record, space, peers);
    }

    private void check() {
        if (output == null) {
            throw LstmGpuException.usage("--output is missing; name a folder for the search with -o");
        }
        if (resume && overwrite) {
            throw LstmGpuException.usage("--resume goes on with the search and --overwrite deletes it; choose one");
        }
        if (runs != null) {
            LstmGpuException.requireRange("--runs", runs, 1, MOST_RUNS);
        }
        LstmGpuException.requireRange("--eta", eta, 2, MOST_ETA);
        if (maxTime != null && !(maxTime.value() > 0)) {
            throw LstmGpuException.usage("--max-time must be above 0, not %s", maxTime.text());
        }
    }

    private ExitCode rates() {
        if (processes.size() > 1) {
            throw LstmGpuException.usage(
                    "--lr-range is one short run, which %d processes cannot divide; start one without mpirun or srun",
                    processes.size());
        }
        if (file != null || runs != null || maxTime != null || resume) {
            throw LstmGpuException.usage(
                    "--lr-range is one short run; leave out --space, --runs, --max-time and --resume");
        }
        LstmGpuException.requireRange("--range-steps", rangeSteps, FEWEST_STEPS, MOST_STEPS);
        Dimension ends = Dimension.range("--lr-range", range, Dimension.Scale.RATE, null);
        if (!(ends instanceof Dimension.Reals reals)) {
            throw new IllegalStateException("rates are real numbers");
        }
        SearchFolder folder = new SearchFolder(output);
        folder.make();
        folder.requireNew(TuneRates.files(output), overwrite);
        TuneWords command = TuneWords.of(console, tasks, spec, words);
        return new TuneRates(console, tasks, output, command, reals.from(), reals.to(), rangeSteps).run();
    }

    private SearchRecord asked(TuneSpace space) {
        Space drawn = space.space();
        if (drawn.dimensions().isEmpty()) {
            throw LstmGpuException.usage(
                    "there is nothing to search; give a flag a range or a list, such as --lr 1e-3..1e-2");
        }
        int most = runs != null ? runs : maxTime == null ? RUNS : 0;
        most = (int) Math.min(most, drawn.size()); // There may be fewer settings than that.
        Halving halving = Halving.of(most, eta);
        return new SearchRecord(
                space.with(Map.of()).recorded(output, console.environment()),
                space.texts(),
                space.seed(),
                most,
                eta,
                halving.rungs(),
                "",
                "",
                0,
                List.of());
    }

    private Integer search(SearchRecord record, TuneSpace space, Peers peers) {
        double limit = maxTime == null ? Double.POSITIVE_INFINITY : maxTime.value();
        TuneView.Style style = peers.rank() == 0 ? progress : TuneView.Style.NONE;
        try (TuneView view = TuneView.of(style, console, record, space.space().size())) {
            TuneAttempts attempts = new TuneAttempts(console, tasks, space, view::say, this::own);
            Search search = new Search(output, record, space.space(), limit, attempts, view, peers);
            Search.End end;
            ExitCode code;
            try (Interrupts interrupts = new Interrupts(console, STOPPING, search::requestStop)) {
                end = search.run();
                code = interrupts.exitCode();
            }
            view.end();
            if (peers.rank() == 0) {
                new TuneReport(console, view::say, output, search.record(), space).print(end);
            }
            return end == Search.End.STOPPED
                    ? code.code()
                    : outcome(search.record()).code();
        }
    }

    /** A search in which no run came anywhere is none. */
    private static ExitCode outcome(SearchRecord record) {
        if (record.trials().isEmpty() || record.best() != null) {
            return ExitCode.DONE;
        }
        boolean diverged = record.trials().stream().anyMatch(trial -> trial.status() == Trial.Status.DIVERGED);
        return diverged ? ExitCode.DIVERGED : ExitCode.USAGE;
    }
}
