package lstmgpu.inspect;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellSignal;
import lstmgpu.backend.CellStep;
import lstmgpu.backend.CellTensor;
import lstmgpu.backend.Gate;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/** One layer of a {@link GateTrace}. */
final class GateTraceLayer {
    private final Cell cell;
    private final int hidden;

    /** By input, so that a product is a sum of columns: [I][G·H] and [H][G·H]. */
    private final float[][] inputColumns;

    private final float[][] recurrentColumns;
    private final float[] inputBias;
    private final float[] recurrentBias;
    private final float[] peepholes;
    private final CellStep formula;
    private final double[] fromInput;
    private final double[] fromState;
    private final double[] inputOfUnit;
    private final double[] stateOfUnit;
    private final double[] peepholesOfUnit;
    private final double[] gates;
    private final double[] carried;
    private final Map<CellSignal, double[]> values = new EnumMap<>(CellSignal.class);

    GateTraceLayer(Cell cell, int hidden, Map<String, Tensor> tensors, int layer) {
        this.cell = cell;
        this.hidden = hidden;
        this.inputColumns = columns(tensor(tensors, CellTensor.INPUT_WEIGHT, layer));
        this.recurrentColumns = columns(tensor(tensors, CellTensor.RECURRENT_WEIGHT, layer));
        this.inputBias = tensor(tensors, CellTensor.INPUT_BIAS, layer).values();
        this.recurrentBias = tensor(tensors, CellTensor.RECURRENT_BIAS, layer).values();
        this.peepholes = cell.peepholes() == 0
                ? new float[0]
                : tensor(tensors, CellTensor.PEEPHOLE_WEIGHT, layer).values();
        this.formula = new CellStep(cell);
        this.fromInput = new double[cell.gates() * hidden];
        this.fromState = new double[cell.gates() * hidden];
        this.inputOfUnit = new double[cell.gates()];
        this.stateOfUnit = new double[cell.gates()];
        this.peepholesOfUnit = new double[cell.peepholes()];
        this.gates = new double[cell.gates()];
        this.carried = new double[cell.states().size()];
        cell.signals().forEach(signal -> values.put(signal, new double[hidden]));
    }

    private static Tensor tensor(Map<String, Tensor> tensors, CellTensor tensor, int layer) {
        return tensors.get(NetworkConfig.RNN_PREFIX + tensor.in(layer));
    }

    private static float[][] columns(Tensor matrix) {
        int rows = matrix.shape().get(0);
        int width = matrix.shape().get(1);
        float[][] columns = new float[width][rows];
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < width; k++) {
                columns[k][row] = matrix.values()[row * width + k];
            }
        }
        return columns;
    }

    /** The array stays the same from step to step. */
    double[] values(CellSignal signal) {
        double[] found = values.get(signal);
        if (found == null) {
            throw new IllegalArgumentException("a " + cell + " has no " + signal);
        }
        return found;
    }

    void reset() {
        values.values().forEach(row -> Arrays.fill(row, 0));
    }

    /** @param x [I] */
    void step(double[] x) {
        product(inputColumns, inputBias, x, fromInput);
        product(recurrentColumns, recurrentBias, values(CellSignal.HIDDEN), fromState);
        for (int unit = 0; unit < hidden; unit++) {
            step(unit);
        }
    }

    private void step(int unit) {
        List<Gate> rows = cell.rows();
        for (int gate = 0; gate < rows.size(); gate++) {
            inputOfUnit[gate] = fromInput[gate * hidden + unit];
            stateOfUnit[gate] = fromState[gate * hidden + unit];
        }
        for (int peephole = 0; peephole < peepholesOfUnit.length; peephole++) {
            peepholesOfUnit[peephole] = peepholes[peephole * hidden + unit];
        }
        List<CellSignal> states = cell.states();
        for (int state = 0; state < carried.length; state++) {
            carried[state] = values.get(states.get(state))[unit];
        }
        formula.forward(inputOfUnit, stateOfUnit, peepholesOfUnit, gates, carried);
        for (int gate = 0; gate < rows.size(); gate++) {
            values.get(rows.get(gate).signal())[unit] = gates[gate];
        }
        for (int state = 0; state < carried.length; state++) {
            values.get(states.get(state))[unit] = carried[state];
        }
    }

    private static void product(float[][] columns, float[] bias, double[] x, double[] result) {
        for (int row = 0; row < result.length; row++) {
            result[row] = bias[row];
        }
        for (int k = 0; k < columns.length; k++) {
            float[] column = columns[k];
            double factor = x[k];
            for (int row = 0; row < result.length; row++) {
                result[row] += column[row] * factor;
            }
        }
    }
}
