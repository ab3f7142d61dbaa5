package lstmgpu.cli.flags;

import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.network.Initialisation;
import lstmgpu.network.NetworkConfig;
import picocli.CommandLine.Option;

/** The network. */
@FlagSection("Model")
public final class ModelFlags {
    @Option(
            names = "--preset",
            defaultValue = "small",
            paramLabel = "NAME",
            description = "tiny, small, medium or large: sizes and settings that go well together; flags"
                    + " change single ones. Default: small.")
    public Preset preset;

    @Option(names = "--cell", paramLabel = "NAME", description = Cell.HELP + " Default: " + Cell.DEFAULT_WORD + ".")
    Cell cell;

    @Option(
            names = {"--hidden-size", "--rnn-size"},
            paramLabel = "N",
            description = "Units a layer. Default: the preset's.")
    Integer hiddenSize;

    @Option(names = "--num-layers", paramLabel = "N", description = "Recurrent layers. Default: the preset's.")
    Integer layers;

    @Option(
            names = "--embedding-size",
            paramLabel = "N",
            description = "Numbers that stand for a token. Default: the preset's.")
    Integer embeddingSize;

    @Option(
            names = "--tie-weights",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description =
                    "Use the embedding as the output matrix, which makes the embedding size the" + " hidden size.")
    Boolean tieWeights;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "Probability of zeroing an output in training, between layers and before the" + " last.")
    Float dropout;

    @Option(
            names = "--init",
            paramLabel = "NAME",
            description = "Initial weights: uniform (as in PyTorch), xavier or orthogonal. Default:" + " uniform.")
    public Initialisation initialisation;

    /** The network these flags describe. */
    public NetworkConfig config(int vocabularySize) {
        boolean tied = Boolean.TRUE.equals(tieWeights);
        int hidden = Objects.requireNonNullElse(hiddenSize, preset.hiddenSize);
        int embedding = Objects.requireNonNullElse(embeddingSize, tied ? hidden : preset.embeddingSize);
        int depth = Objects.requireNonNullElse(layers, preset.layers);
        checkSize("--hidden-size", hidden, NetworkConfig.LARGEST_SIZE);
        checkSize("--embedding-size", embedding, NetworkConfig.LARGEST_SIZE);
        checkSize("--num-layers", depth, NetworkConfig.MOST_LAYERS);
        return NetworkConfig.ofTokens(
                Objects.requireNonNullElse(cell, Cell.DEFAULT),
                vocabularySize,
                embedding,
                hidden,
                depth,
                Objects.requireNonNullElse(dropout, preset.dropout),
                tied);
    }

    /**
     * The network of an earlier model; a flag that contradicts it is refused, except for dropout,
     * which the weights do not know.
     */
    public NetworkConfig configOf(NetworkConfig earlier, String owner) {
        refuse("--cell", cell, earlier.cell(), owner);
        refuse("--hidden-size", hiddenSize, earlier.hiddenSize(), owner);
        refuse("--num-layers", layers, earlier.layers(), owner);
        refuse("--embedding-size", embeddingSize, earlier.embeddingSize(), owner);
        refuse("--tie-weights", tieWeights, earlier.tieWeights(), owner);
        return NetworkConfig.ofTokens(
                earlier.cell(),
                earlier.vocabularySize(),
                earlier.embeddingSize(),
                earlier.hiddenSize(),
                earlier.layers(),
                Objects.requireNonNullElse(dropout, earlier.dropout()),
                earlier.tieWeights());
    }

    private static void checkSize(String flag, int value, int most) {
        if (value < 1 || value > most) {
            throw LstmGpuException.usage("%s must lie in [1, %d], not %d", flag, most, value);
        }
    }

    private static void refuse(String flag, Object wanted, Object found, String owner) {
        if (wanted != null && !wanted.equals(found)) {
            throw LstmGpuException.usage(
                    "%s has %s %s, which cannot be changed to %s; leave the flag out", owner, flag, found, wanted);
        }
    }
}
