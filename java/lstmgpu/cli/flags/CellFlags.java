package lstmgpu.cli.flags;

import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.network.Head;
import lstmgpu.network.Initialisation;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import picocli.CommandLine.Option;

/** The recurrent stack. */
@FlagSection("Model")
public final class CellFlags {
    @Option(names = "--cell", paramLabel = "NAME", description = Cell.HELP + " Default: " + Cell.DEFAULT_WORD + ".")
    Cell cell;

    @Option(
            names = {"--hidden-size", "--rnn-size"},
            paramLabel = "N",
            description = "Units a layer. Default: see below.")
    Integer hiddenSize;

    @Option(names = "--num-layers", paramLabel = "N", description = "Recurrent layers. Default: see below.")
    Integer layers;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "Probability of zeroing an output in training, between layers and before the" + " last.")
    Float dropout;

    @Option(
            names = "--init",
            paramLabel = "NAME",
            description = "Initial weights: uniform (as in PyTorch), xavier, orthogonal, or chrono (gates that"
                    + " remember as long as a sequence is). Default: uniform.")
    public Initialisation initialisation;

    /**
     * The stack where no flag says otherwise.
     *
     * @param hiddenSize H
     * @param layers L
     */
    public record Stack(int hiddenSize, int layers, float dropout) {}

    /** H. */
    public int hiddenSize(Stack otherwise) {
        int hidden = Objects.requireNonNullElse(hiddenSize, otherwise.hiddenSize());
        LstmGpuException.requireRange("--hidden-size", hidden, 1, NetworkConfig.LARGEST_SIZE);
        return hidden;
    }

    /** The network of these flags between an input and a head. */
    public NetworkConfig config(InputPart input, Stack otherwise, boolean bidirectional, Head head) {
        int depth = Objects.requireNonNullElse(layers, otherwise.layers());
        LstmGpuException.requireRange("--num-layers", depth, 1, NetworkConfig.MOST_LAYERS);
        return new NetworkConfig(
                input,
                Objects.requireNonNullElse(cell, Cell.DEFAULT),
                hiddenSize(otherwise),
                depth,
                bidirectional,
                Objects.requireNonNullElse(dropout, otherwise.dropout()),
                head);
    }

    /**
     * The network of an earlier model; a flag that contradicts it is refused, except for dropout, which the weights do
     * not know.
     */
    public NetworkConfig configOf(NetworkConfig earlier, String owner) {
        refuse("--cell", cell, earlier.cell(), owner);
        refuse("--hidden-size", hiddenSize, earlier.hiddenSize(), owner);
        refuse("--num-layers", layers, earlier.layers(), owner);
        return dropout == null ? earlier : earlier.withDropout(dropout);
    }

    /**
     * Exit code 2 for a flag that an earlier model contradicts.
     *
     * @param wanted null where the flag was not given
     */
    public static void refuse(String flag, Object wanted, Object found, String owner) {
        if (wanted != null && !wanted.equals(found)) {
            throw LstmGpuException.usage(
                    "%s has %s %s, which cannot be changed to %s; leave the flag out", owner, flag, found, wanted);
        }
    }
}
