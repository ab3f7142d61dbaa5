package lstmgpu.inspect;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellSignal;
import lstmgpu.backend.CellTensor;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/** One layer of a {@link GateTrace}. */
final class GateTraceLayer {
    private final Cell cell;
    private final int hidden;

    /** By input, so that a product is a sum of columns: [I][G·H] and [R][G·H]. */
    private final float[][] inputColumns;

    private final float[][] recurrentColumns;
    private final LayerFormula formula;
    private final double[] fromInput;
    private final double[] fromState;

    /** h [R] as others read it. */
    private final double[] shown;

    private final Map<CellSignal, double[]> values = new EnumMap<>(CellSignal.class);

    GateTraceLayer(NetworkConfig config, Map<String, Tensor> tensors, int layer) {
        this.cell = config.cell();
        this.hidden = config.hiddenSize();
        this.inputColumns = columns(LayerFormula.tensor(tensors, CellTensor.INPUT_WEIGHT, layer));
        this.recurrentColumns = columns(LayerFormula.tensor(tensors, CellTensor.RECURRENT_WEIGHT, layer));
        this.formula = new LayerFormula(config, tensors, layer);
        this.fromInput = new double[cell.gates() * hidden];
        this.fromState = new double[cell.gates() * hidden];
        this.shown = new double[recurrentColumns.length];
        cell.signals().forEach(signal -> values.put(signal, new double[hidden]));
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

    /** h [R] as the layer above reads it; the array stays the same from step to step. */
    double[] shown() {
        return shown;
    }

    void reset() {
        Arrays.fill(shown, 0);
        values.values().forEach(row -> Arrays.fill(row, 0));
    }

    /** @param x [I] */
    void step(double[] x) {
        product(inputColumns, x, fromInput);
        product(recurrentColumns, shown, fromState);
        List<CellSignal> states = cell.states();
        double[][] before = new double[states.size()][];
        before[0] = shown;
        for (int state = 1; state < before.length; state++) {
            before[state] = values.get(states.get(state));
        }
        LayerFormula.Step step = formula.forward(fromInput, fromState, before);
        for (int gate = 0; gate < cell.gates(); gate++) {
            double[] row = values.get(cell.rows().get(gate).signal());
            System.arraycopy(step.gates(), gate * hidden, row, 0, hidden);
        }
        System.arraycopy(step.own(), 0, values.get(CellSignal.HIDDEN), 0, hidden);
        for (int state = 0; state < before.length; state++) {
            System.arraycopy(step.after()[state], 0, before[state], 0, before[state].length);
        }
    }

    private static void product(float[][] columns, double[] x, double[] result) {
        Arrays.fill(result, 0);
        for (int k = 0; k < columns.length; k++) {
            float[] column = columns[k];
            double factor = x[k];
            for (int row = 0; row < result.length; row++) {
                result[row] += column[row] * factor;
            }
        }
    }
}
