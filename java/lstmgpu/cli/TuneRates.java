package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Interrupts;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.JsonFiles;
import lstmgpu.models.Tasks;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingListener;
import lstmgpu.tune.Attempt;
import lstmgpu.tune.RateChart;
import lstmgpu.tune.RateRange;

/** A range test of the learning rate: a run whose rate rises step by step, its picture, and a rate to begin with. */
final class TuneRates {
    private static final String CHART = "lr-range.svg";
    private static final String JSON = "lr-range.json";
    private static final String MODEL = "model";
    private static final String RATE = "--learning-rate";

    /** How the rate moves and how long the run is, which the test says itself. */
    private static final Set<String> OF_THE_TEST = Set.of(
            RATE,
            "--schedule",
            "--lr-decay",
            "--decay-every",
            "--warmup-steps",
            "--epochs",
            "--max-steps",
            "--patience",
            "--eval-every",
            "--save-every",
            "--sample-every");

    private final Console console;
    private final Tasks tasks;
    private final Path output;
    private final TuneWords words;
    private final double from;
    private final double to;
    private final int steps;

    private final RateRange range;

    TuneRates(Console console, Tasks tasks, Path output, TuneWords words, double from, double to, int steps) {
        this.console = console;
        this.tasks = tasks;
        this.range = new RateRange(from, to, steps);
        this.output = output;
        this.words = words;
        this.from = from;
        this.to = to;
        this.steps = steps;
    }

    /** What a test leaves in its folder. */
    static List<Path> files(Path output) {
        return List.of(output.resolve(CHART), output.resolve(JSON));
    }

    /** The flags of the run. */
    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("--lr", Float.toString((float) from));
        settings.put("--schedule", "exponential");
        settings.put("--lr-decay", Float.toString((float) (to / from)));
        settings.put("--decay-every", Integer.toString(steps - 1));
        settings.put("--warmup-steps", "0");
        settings.put("--max-steps", Integer.toString(steps));
        settings.put("--eval-every", Integer.toString(steps));
        settings.put("--save-every", Integer.toString(steps));
        if (words.spec().optionsMap().containsKey("--sample-every")) {
            settings.put("--sample-every", Integer.toString(steps));
        }
        return settings;
    }

    /**
     * @throws LstmGpuException with exit code 2 or 3 as the command refuses its flags and its data, 6 if the loss
     *     explodes at once
     */
    ExitCode run() {
        if (words.flags().stream().anyMatch(flag -> flag.option().longestName().equals(RATE))) {
            throw LstmGpuException.usage("--lr-range says which rates there are; leave out --lr");
        }
        TuneSpace space = TuneSpace.of(plain(), null);
        if (!space.space().dimensions().isEmpty()) {
            throw LstmGpuException.usage("--lr-range is about one setting; give the others single values");
        }
        Path folder = output.resolve(".lr-range-" + UUID.randomUUID());
        String unit;
        ExitCode stopped;
        try (Attempt attempt =
                new TuneAttempts(console, tasks, space, console::say, DeviceFlags::choice).of(settings(), folder)) {
            unit = attempt.run().task().measures().loss().unit();
            stopped = train(attempt);
        } finally {
            delete(folder);
        }
        if (stopped == ExitCode.DONE) {
            report(unit);
        }
        return stopped;
    }

    /** The command without what the test says itself. */
    private TuneWords plain() {
        return words.with(words.flags().stream()
                .filter(flag -> !OF_THE_TEST.contains(flag.option().longestName()))
                .toList());
    }

    private ExitCode train(Attempt attempt) {
        Hearing hearing = new Hearing();
        try (Backend backend = attempt.open();
                Trainer trainer = new Trainer(
                        backend,
                        attempt.run().config(),
                        attempt.run().task(),
                        attempt.run().settings(),
                        hearing);
                ModelDirectory directory = attempt.directory();
                Interrupts interrupts = new Interrupts(console, "stopping", trainer::requestStop)) {
            hearing.trainer = trainer;
            trainer.run(directory);
            return interrupts.exitCode();
        } catch (LstmGpuException failure) {
            if (failure.exitCode() != ExitCode.DIVERGED || range.points().isEmpty()) {
                throw failure;
            }
            return ExitCode.DONE;
        }
    }

    /** Ends the run once its loss has exploded. */
    private final class Hearing implements TrainingListener {
        private Trainer trainer;

        @Override
        public void loss(int step, double loss) {
            range.accept(step, loss);
            if (range.diverged()) {
                trainer.requestStop();
            }
        }
    }

    private void report(String unit) {
        List<RateRange.Point> points = range.points();
        RateRange.Finding finding = range.finding();
        JsonFiles.write(output.resolve(JSON), json(points, finding, unit));
        RateChart.write(output.resolve(CHART), points, finding, unit);
        if (finding == null) {
            console.print("the loss fell at no rate from %s to %s; try a wider range, or --range-steps above %d\n"
                    .formatted(number(from), number(to), steps));
            return;
        }
        console.print("the loss falls fastest at a learning rate of %s, is lowest at %s%s\n"
                .formatted(
                        number(finding.steepest().rate()),
                        number(finding.lowest().rate()),
                        range.diverged()
                                ? ", and explodes at " + number(points.getLast().rate())
                                : ""));
        console.print("picture: %s\n".formatted(output.resolve(CHART)));
        List<TuneWords.Flag> flags = new ArrayList<>(words.flags().stream()
                .filter(flag -> !flag.option().longestName().equals(RATE))
                .toList());
        flags.add(new TuneWords.Flag(
                words.spec().optionsMap().get("--lr"),
                "--lr",
                number(finding.steepest().rate())));
        console.print(words.with(flags).line(output.resolve(MODEL)) + "\n");
    }

    private ObjectNode json(List<RateRange.Point> points, RateRange.Finding finding, String unit) {
        ObjectNode object = JsonFiles.object()
                .put("format_version", 1)
                .put("from", from)
                .put("to", to)
                .put("loss_unit", unit)
                .put("diverged", range.diverged())
                .put("steepest", finding == null ? null : finding.steepest().rate())
                .put("lowest", finding == null ? null : finding.lowest().rate());
        ArrayNode steps = object.putArray("steps");
        points.forEach(point -> steps.addObject()
                .put("step", point.step())
                .put("learning_rate", point.rate())
                .put("loss", point.loss())
                .put("smooth", point.smooth()));
        return object;
    }

    /** A rate with two digits. */
    private static String number(double rate) {
        return new BigDecimal(rate)
                .round(new MathContext(2))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static void delete(Path folder) {
        try {
            AtomicFiles.deleteTree(folder);
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder, failure);
        }
    }
}
