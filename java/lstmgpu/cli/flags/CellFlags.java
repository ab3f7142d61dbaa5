package lstmgpu.cli.flags;

import lstmgpu.backend.Cell;
import lstmgpu.network.Initialisation;
import lstmgpu.network.ZoneoutRates;
import lstmgpu.runs.StackChoice;
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

    @Option(
            names = "--proj-size",
            paramLabel = "P",
            description = "Numbers to which the units of a layer are projected for everyone that reads them, fewer than"
                    + " there are units; only for LSTMs without layer normalisation. Default: 0, none.")
    Integer projection;

    @Option(names = "--num-layers", paramLabel = "N", description = "Recurrent layers. Default: see below.")
    Integer layers;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "Probability of zeroing an output in training, between layers and before the" + " last.")
    Float dropout;

    @Option(
            names = ZoneoutRates.CELL_FLAG,
            paramLabel = "P",
            description =
                    "Of cells with c: probability that a unit keeps its c of the step before in training (zoneout);"
                            + " a model's own, since it then computes the expectation. Default: 0.")
    Float zoneoutCell;

    @Option(names = ZoneoutRates.HIDDEN_FLAG, paramLabel = "P", description = "The same of h. Default: 0.")
    Float zoneoutHidden;

    @Option(
            names = "--init",
            paramLabel = "NAME",
            description = "Initial weights: uniform (as in PyTorch), xavier, orthogonal, or chrono (gates that"
                    + " remember as long as a sequence is). Default: uniform.")
    Initialisation initialisation;

    public StackChoice choice() {
        return new StackChoice(
                cell, hiddenSize, projection, layers, dropout, zoneoutCell, zoneoutHidden, initialisation);
    }
}
