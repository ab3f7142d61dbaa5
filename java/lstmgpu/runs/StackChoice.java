package lstmgpu.runs;

import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.network.Head;
import lstmgpu.network.Initialisation;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.ZoneoutRates;

/**
 * The recurrent stack that somebody asks for; null where nothing is said.
 *
 * @param hiddenSize H
 * @param projection P, or 0 for none
 * @param layers L
 * @param dropout the probability of zeroing an output in training
 * @param zoneoutCell how often units keep c
 * @param zoneoutHidden how often units keep h
 * @param initialisation of the weights
 */
public record StackChoice(
        Cell cell,
        Integer hiddenSize,
        Integer projection,
        Integer layers,
        Float dropout,
        Float zoneoutCell,
        Float zoneoutHidden,
        Initialisation initialisation) {
    /**
     * The stack where nothing is said.
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

    /** R, what the head reads of a step: P where there is a projection, otherwise H. */
    int shownSize(Stack otherwise) {
        return projects() ? projection : hiddenSize(otherwise);
    }

    /** Whether a projection is asked for. */
    boolean projects() {
        return projection != null && projection > 0;
    }

    /** The network of this choice between an input and a head. */
    public NetworkConfig config(InputPart input, Stack otherwise, boolean bidirectional, Head head) {
        int depth = Objects.requireNonNullElse(layers, otherwise.layers());
        LstmGpuException.requireRange("--num-layers", depth, 1, NetworkConfig.MOST_LAYERS);
        return new NetworkConfig(
                input,
                Objects.requireNonNullElse(cell, Cell.DEFAULT),
                hiddenSize(otherwise),
                Objects.requireNonNullElse(projection, 0),
                depth,
                bidirectional,
                Objects.requireNonNullElse(dropout, otherwise.dropout()),
                zoneout(ZoneoutRates.NONE, Objects.requireNonNullElse(cell, Cell.DEFAULT), projects()),
                head);
    }

    private ZoneoutRates zoneout(ZoneoutRates otherwise, Cell of, boolean projects) {
        ZoneoutRates rates = new ZoneoutRates(
                Objects.requireNonNullElse(zoneoutCell, otherwise.cell()),
                Objects.requireNonNullElse(zoneoutHidden, otherwise.hidden()));
        rates.require(of, projects);
        return rates;
    }

    /**
     * The network of an earlier model; what contradicts it is refused, except for dropout, which the weights do not
     * know, and zoneout, which goes on with the earlier rates unless others are said.
     */
    public NetworkConfig configOf(NetworkConfig earlier, String owner) {
        refuse("--cell", cell, earlier.cell(), owner);
        refuse("--hidden-size", hiddenSize, earlier.hiddenSize(), owner);
        refuse("--proj-size", projection, earlier.projection(), owner);
        refuse("--num-layers", layers, earlier.layers(), owner);
        NetworkConfig kept = earlier.withZoneout(zoneout(earlier.zoneout(), earlier.cell(), earlier.projection() > 0));
        return dropout == null ? kept : kept.withDropout(dropout);
    }

    /**
     * Exit code 2 for a choice that an earlier model contradicts.
     *
     * @param wanted null where nothing is said
     */
    public static void refuse(String flag, Object wanted, Object found, String owner) {
        if (wanted != null && !wanted.equals(found)) {
            throw LstmGpuException.usage(
                    "%s has %s %s, which cannot be changed to %s; leave the flag out", owner, flag, found, wanted);
        }
    }
}
