package lstmgpu.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import lstmgpu.cli.report.Console;
import picocli.CommandLine.Command;

/** The commands about series of numbers. */
@Command(
        name = "forecast",
        description = "Trains networks that forecast series of numbers, and uses them.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example:",
            "  lstm-gpu forecast train passengers.csv -o runs/air --test-size 24",
            "  lstm-gpu forecast backtest runs/air passengers.csv --chart backtest.svg",
            "  lstm-gpu forecast predict runs/air --level 80,95 --chart forecast.svg"
        })
final class ForecastCommand extends CommandGroup {
    ForecastCommand(Console console) {
        super(console);
    }

    @Override
    Map<String, Function<Console, ProgramCommand>> parts() {
        Map<String, Function<Console, ProgramCommand>> parts = new LinkedHashMap<>();
        parts.put("train", ForecastTrainCommand::new);
        parts.put("predict", ForecastPredictCommand::new);
        parts.put("backtest", ForecastBacktestCommand::new);
        return parts;
    }
}
