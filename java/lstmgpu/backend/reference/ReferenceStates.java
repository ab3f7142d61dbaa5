package lstmgpu.backend.reference;

import java.util.Arrays;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Philox;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;

/** What a plan's layers begin with. */
final class ReferenceStates {
    private final RnnSpec spec;
    private final boolean hasCell;

    /** [L·D][B][R]. */
    private final double[][][] hidden;

    /** [L·D][B][H]. */
    private final double[][][] cell;

    ReferenceStates(RnnSpec spec, int layers) {
        this.spec = spec;
        this.hasCell = spec.shape().cell().hasCellState();
        this.hidden = new double[layers][spec.batch()][spec.shape().shownSize()];
        this.cell = new double[layers][spec.batch()][spec.shape().hiddenSize()];
    }

    /** Begins a layer. */
    void begin(int number, ReferenceLayer layer) {
        ReferenceArrays.copy(hidden[number], layer.h[0]);
        ReferenceArrays.copy(cell[number], layer.c[0]);
    }

    /** Takes over what the layers ended with. */
    void carry(ReferenceLayer[] layers) {
        for (int l = 0; l < layers.length; l++) {
            ReferenceArrays.copy(layers[l].h[spec.steps()], hidden[l]);
            ReferenceArrays.copy(layers[l].c[spec.steps()], cell[l]);
        }
    }

    /** Begins some sequences from zero, as {@link lstmgpu.backend.RnnPlan#resetSequences} says. */
    void reset(float probability, long seed, int step) {
        for (int sequence = 0; sequence < spec.batch(); sequence++) {
            if (ReferenceRandom.chance(
                    probability, seed, Philox.RESET, step, spec.share().first() + sequence)) {
                for (int l = 0; l < hidden.length; l++) {
                    Arrays.fill(hidden[l][sequence], 0);
                    Arrays.fill(cell[l][sequence], 0);
                }
            }
        }
    }

    void store(ReferenceMemory memory, DeviceBuffer intoHidden, DeviceBuffer intoCell) {
        store(hidden(), memory, intoHidden, "hidden");
        store(cell(), memory, intoCell, "cell");
    }

    private static void store(double[] numbers, ReferenceMemory memory, DeviceBuffer into, String what) {
        if (numbers.length > 0) {
            ReferenceBuffer buffer = memory.floats(into, numbers.length, what);
            for (int i = 0; i < numbers.length; i++) {
                buffer.set(i, numbers[i]);
            }
        }
    }

    void take(ReferenceMemory memory, DeviceBuffer fromHidden, DeviceBuffer fromCell) {
        write(taken(hidden(), memory, fromHidden, "hidden"), taken(cell(), memory, fromCell, "cell"));
    }

    private static double[] taken(double[] numbers, ReferenceMemory memory, DeviceBuffer from, String what) {
        if (numbers.length > 0) {
            ReferenceBuffer buffer = memory.floats(from, numbers.length, what);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = buffer.get(i);
            }
        }
        return numbers;
    }

    double[] hidden() {
        return ReferenceArrays.flatten(hidden);
    }

    double[] cell() {
        return hasCell ? ReferenceArrays.flatten(cell) : new double[0];
    }

    void clear() {
        write(new double[spec.hiddenStates()], new double[spec.cellStates()]);
    }

    /** Those of the others keep all their digits. */
    void write(int sequence, RnnState state) {
        write(sequence, state.hidden(), hidden);
        if (hasCell) {
            write(sequence, state.cell(), cell);
        }
    }

    private static void write(int sequence, float[] numbers, double[][][] states) {
        int next = 0;
        for (double[][] layer : states) {
            for (int i = 0; i < layer[sequence].length; i++) {
                layer[sequence][i] = numbers[next++];
            }
        }
    }

    /** @throws IllegalArgumentException unless both are as long as the states */
    void write(double[] newHidden, double[] newCell) {
        int states = spec.hiddenStates();
        int cells = spec.cellStates();
        if (newHidden.length != states || newCell.length != cells) {
            throw new IllegalArgumentException(
                    "a state of %d hidden and %d cell values does not fit; %d and %d are needed"
                            .formatted(newHidden.length, newCell.length, states, cells));
        }
        ReferenceArrays.unflatten(newHidden, hidden);
        if (hasCell) {
            ReferenceArrays.unflatten(newCell, cell);
        }
    }
}
