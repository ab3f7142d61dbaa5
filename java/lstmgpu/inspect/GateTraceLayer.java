package lstmgpu.inspect;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Cell;
import lstmgpu.network.LanguageModel;
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
    private final double[] fromInput;
    private final double[] fromState;
    private final Map<GateSignal, double[]> values = new EnumMap<>(GateSignal.class);

    GateTraceLayer(Cell cell, int hidden, Map<String, Tensor> tensors, int layer) {
        this.cell = cell;
        this.hidden = hidden;
        this.inputColumns = columns(tensor(tensors, "weight_ih_l", layer));
        this.recurrentColumns = columns(tensor(tensors, "weight_hh_l", layer));
        this.inputBias = tensor(tensors, "bias_ih_l", layer).values();
        this.recurrentBias = tensor(tensors, "bias_hh_l", layer).values();
        this.fromInput = new double[cell.gates() * hidden];
        this.fromState = new double[cell.gates() * hidden];
        GateSignal.of(cell).forEach(signal -> values.put(signal, new double[hidden]));
    }

    private static Tensor tensor(Map<String, Tensor> tensors, String name, int layer) {
        return tensors.get(LanguageModel.RNN_PREFIX + name + layer);
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
    double[] values(GateSignal signal) {
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
        product(recurrentColumns, recurrentBias, values(GateSignal.HIDDEN), fromState);
        List<GateSignal> rows = GateSignal.rows(cell);
        for (int unit = 0; unit < hidden; unit++) {
            for (int gate = 0; gate < rows.size(); gate++) {
                values.get(rows.get(gate))[unit] = gate(rows.get(gate), gate * hidden + unit, unit);
            }
            combine(unit);
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

    /** GRU's reset gate comes before its candidate and weighs the state's part of it. */
    private double gate(GateSignal signal, int row, int unit) {
        if (signal.isGate()) {
            return 1 / (1 + Math.exp(-(fromInput[row] + fromState[row])));
        }
        double weight = cell == Cell.GRU ? values(GateSignal.RESET)[unit] : 1;
        return Math.tanh(fromInput[row] + weight * fromState[row]);
    }

    private void combine(int unit) {
        double[] h = values(GateSignal.HIDDEN);
        switch (cell) {
            case LSTM -> {
                double[] c = values(GateSignal.CELL);
                c[unit] = values(GateSignal.FORGET)[unit] * c[unit]
                        + values(GateSignal.INPUT)[unit] * values(GateSignal.CANDIDATE)[unit];
                h[unit] = values(GateSignal.OUTPUT)[unit] * Math.tanh(c[unit]);
            }
            case GRU -> {
                double z = values(GateSignal.UPDATE)[unit];
                h[unit] = (1 - z) * values(GateSignal.CANDIDATE)[unit] + z * h[unit];
            }
            case RNN_TANH -> h[unit] = Math.tanh(fromInput[unit] + fromState[unit]);
            case RNN_RELU -> h[unit] = Math.max(0, fromInput[unit] + fromState[unit]);
        }
    }
}
