package lstmgpu.cli.flags;

import java.util.Objects;
import lstmgpu.LstmGpuException;
import picocli.CommandLine.Option;

/** How far back a model's gradients reach. */
@FlagSection("Gradients over a text")
public final class GradientFlags {
    private static final int MOST_DISTANCES = 10_000;
    private static final int MOST_PLACES = 10_000;
    private static final int DISTANCES = 200;
    private static final int PLACES = 100;

    @Option(
            names = "--gradients",
            description = "With --file or --text: how strongly the loss of a token depends on the hidden state k"
                    + " tokens before, by layer: the norm of d loss_t / d h_(t-k). --html FILE draws it.")
    public boolean gradients;

    @Option(
            names = "--distances",
            paramLabel = "K",
            description = "The farthest k. Default: " + DISTANCES + ", less in a short text.")
    Integer distances;

    @Option(
            names = "--places",
            paramLabel = "N",
            description = "Tokens, spread evenly over the text, whose gradients are averaged. Default: " + PLACES
                    + ", fewer in a short text.")
    Integer places;

    public int distances() {
        return Objects.requireNonNullElse(distances, DISTANCES);
    }

    public int places() {
        return Objects.requireNonNullElse(places, PLACES);
    }

    /** Refuses flags that say how gradients are measured where they are not. */
    public void checkUnused() {
        if (distances != null || places != null) {
            throw LstmGpuException.usage("--distances and --places say how gradients are measured; add --gradients");
        }
    }

    /** Refuses what is out of range. */
    public void check() {
        LstmGpuException.requireRange("--distances", distances(), 1, MOST_DISTANCES);
        LstmGpuException.requireRange("--places", places(), 1, MOST_PLACES);
    }
}
