package lstmgpu.cli.flags;

import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The network of a language model. */
@FlagSection("Model")
public final class ModelFlags {
    @Option(
            names = "--preset",
            defaultValue = "small",
            paramLabel = "NAME",
            description = "tiny, small, medium or large: sizes and settings that go well together; flags"
                    + " change single ones. Default: small.")
    public Preset preset;

    @Mixin
    public CellFlags cell;

    @Option(
            names = "--embedding-size",
            paramLabel = "N",
            description = "Numbers that stand for a token. Default: see below.")
    Integer embeddingSize;

    @Option(
            names = "--tie-weights",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description =
                    "Use the embedding as the output matrix, which makes the embedding size the" + " hidden size.")
    Boolean tieWeights;

    /** The network these flags describe. */
    public NetworkConfig config(int vocabularySize) {
        boolean tied = Boolean.TRUE.equals(tieWeights);
        CellFlags.Stack stack = new CellFlags.Stack(preset.hiddenSize, preset.layers, preset.dropout);
        int embedding = Objects.requireNonNullElse(embeddingSize, tied ? cell.hiddenSize(stack) : preset.embeddingSize);
        LstmGpuException.requireRange("--embedding-size", embedding, 1, NetworkConfig.LARGEST_SIZE);
        return cell.config(
                new InputPart.Tokens(vocabularySize, embedding),
                stack,
                false,
                new Head.NextToken(vocabularySize, tied));
    }

    /**
     * The network of an earlier model; a flag that contradicts it is refused, except for dropout,
     * which the weights do not know.
     */
    public NetworkConfig configOf(NetworkConfig earlier, String owner) {
        CellFlags.refuse("--embedding-size", embeddingSize, earlier.embeddingSize(), owner);
        CellFlags.refuse("--tie-weights", tieWeights, earlier.tieWeights(), owner);
        return cell.configOf(earlier, owner);
    }
}
