package lstmgpu.cli.flags;

import java.util.Arrays;
import java.util.stream.Collectors;
import lstmgpu.backend.Cell;
import lstmgpu.cli.report.Choices;
import lstmgpu.runs.Preset;
import lstmgpu.runs.StackChoice;
import lstmgpu.train.TrainingSettings;

/** All presets, for {@code --help}. */
public final class PresetTable {
    private PresetTable() {}

    /** A line for each. */
    public static String text() {
        StringBuilder table = new StringBuilder("  %-6s %9s %6s %6s %7s %5s %6s %6s %6s %5s %6s %8s  %s\n"
                .formatted(
                        "",
                        "embedding",
                        "hidden",
                        "layers",
                        "dropout",
                        "batch",
                        "length",
                        "lr",
                        "lr'",
                        "decay",
                        "steps",
                        "epochs",
                        "schedule"));
        for (Preset preset : Preset.values()) {
            StackChoice.Stack stack = preset.stack();
            TrainingSettings settings = preset.settings(Cell.DEFAULT, false, 2);
            table.append("  %-6s %9d %6d %6d %7s %5d %6d %6s %6s %5s %6d %8s  %s\n"
                    .formatted(
                            Choices.name(preset),
                            preset.embeddingSize(),
                            stack.hiddenSize(),
                            stack.layers(),
                            stack.dropout(),
                            settings.loop().batchSize(),
                            settings.loop().seqLength(),
                            settings.optimisation().learningRate(),
                            preset.settings(Cell.DEFAULT, true, 2)
                                    .optimisation()
                                    .learningRate(),
                            decay(settings.optimisation().weightDecay()),
                            preset.length().steps(),
                            "1 to " + preset.length().mostEpochs(),
                            Choices.name(settings.rate().schedule())));
        }
        return table.append(footer()).toString();
    }

    private static String footer() {
        String gentle = Arrays.stream(Cell.values())
                .filter(cell -> !Preset.bearsMore(cell, false, 1))
                .map(Cell::word)
                .collect(Collectors.joining(", "));
        return """
              A run takes so many steps, in whole epochs; --epochs, --max-steps or --max-time set its length.
              lr' is for %s, with --proj-size, and over two layers.
            """.formatted(gentle);
    }

    private static String decay(float decay) {
        return decay == 0 ? "" : Float.toString(decay);
    }
}
