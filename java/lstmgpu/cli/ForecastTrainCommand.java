package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.backend.Backend;
import lstmgpu.cli.flags.CellFlags;
import lstmgpu.cli.flags.ForecastFlags;
import lstmgpu.cli.flags.SeriesFlags;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.models.OpeningDevice;
import lstmgpu.runs.ForecastRun;
import lstmgpu.runs.PreparedRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Trains a network that forecasts series. */
@Command(
        name = "train",
        customSynopsis = "lstm-gpu forecast train CSV... -o DIR [FLAGS]",
        description = "Trains a network that forecasts the series of a table and writes it to a folder.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu forecast train passengers.csv -o runs/air --test-size 24",
            "  lstm-gpu forecast train sales.csv -o runs/sales --time day --target sold --series shop --known price",
            "  lstm-gpu forecast train long.csv -o runs/long        the columns unique_id, ds and y need no flag",
            "",
            "What is not told follows from the data: season, scale, windows, size and length of the run."
        })
final class ForecastTrainCommand extends TrainingCommand {
    private static final RunWords WORDS = new RunWords("forecast train", "forecast predict", "data", "--hidden-size");

    @Parameters(paramLabel = "CSV", arity = "0..*", description = "Tables with the same columns, read as one.")
    List<Path> inputs = new ArrayList<>();

    @Mixin
    SeriesFlags columns;

    @Mixin
    ForecastFlags forecast;

    @Mixin
    CellFlags cell;

    @Mixin
    TrainingFlags training;

    ForecastTrainCommand(Console console) {
        super(console);
    }

    @Override
    List<Path> inputs() {
        return inputs;
    }

    @Override
    TrainingFlags training() {
        return training;
    }

    @Override
    RunWords words() {
        return WORDS;
    }

    @Override
    public Integer call() {
        try (ForecastRun run = prepare(console::say)) {
            ExitCode code = new TrainingRun(console, training, inputs, WORDS, processes).of(run);
            if (!training.run.dryRun && processes.rank() == 0) {
                try (OpeningDevice opening = new OpeningDevice(training.device.choice(), console::say)) {
                    run.calibrate(opening.await());
                }
            }
            return code.code();
        }
    }

    @Override
    ForecastRun prepare(Consumer<String> notice) {
        inputs = TrainingRun.inputs(inputs, training, WORDS);
        List<String> arguments = RecordedFlags.of(spec, inputs, training.run.output, console.environment());
        return new ForecastRun(
                inputs, columns.choice(), cell.choice(), forecast.choice(), training.choice(arguments), notice);
    }

    @Override
    void completed(PreparedRun run, Backend backend) {
        ((ForecastRun) run).calibrate(backend);
    }
}
