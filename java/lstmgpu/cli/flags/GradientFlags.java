package lstmgpu.cli.flags;

import lstmgpu.LstmGpuException;
import picocli.CommandLine.Option;

/** How far back a model's gradients reach. */
@FlagSection("Gradients over a text")
public final class GradientFlags {
    private static final int MOST_DISTANCES = 10_000;
    private static final int MOST_PLACES = 10_000;

    @Option(
            names = "--gradients",
            description = "With --file or --text: how strongly the loss of a token depends on the hidden state k"
                    + " tokens before, by layer: the norm of d loss_t / d h_(t-k). --html FILE draws it.")
    public boolean gradients;

    @Option(
            names = "--distances",
            defaultValue = "200",
            paramLabel = "K",
            description = "The farthest k. Default: ${DEFAULT-VALUE}, less in a short text.")
    public int distances;

    @Option(
            names = "--places",
            defaultValue = "100",
            paramLabel = "N",
            description = "Tokens, spread evenly over the text, whose gradients are averaged. Default:"
                    + " ${DEFAULT-VALUE}, fewer in a short text.")
    public int places;

    /** Refuses what is out of range. */
    public void check() {
        require("--distances", distances, MOST_DISTANCES);
        require("--places", places, MOST_PLACES);
    }

    private static void require(String flag, int value, int most) {
        if (value < 1 || value > most) {
            throw LstmGpuException.usage("%s must lie in [1, %d], not %d", flag, most, value);
        }
    }
}
