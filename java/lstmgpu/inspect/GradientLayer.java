package lstmgpu.inspect;

import java.util.Map;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellStep;
import lstmgpu.backend.CellTensor;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/** A layer of a {@link GradientTrace}, forward and back; it keeps no state, and threads share it. */
final class GradientLayer {
    /**
     * What a step computed.
     *
     * @param gates [G·H]
     * @param recurrent [G·H] W_hh·h + b_hh
     * @param before the states before it, [S][H]
     * @param after the states after it
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Kept(double[] gates, double[] recurrent, double[][] before, double[][] after) {
        double[] h() {
            return after[0];
        }
    }

    private final Cell cell;
    private final int hidden;
    private final int inputs;
    private final Product input;
    private final Product recurrent;
    private final Product inputBack;
    private final Product recurrentBack;
    private final float[] inputBias;
    private final float[] recurrentBias;
    private final double[] peepholes;
    private final CellStep formula;

    GradientLayer(NetworkConfig config, Map<String, Tensor> tensors, int layer) {
        Tensor inputWeight = tensor(tensors, CellTensor.INPUT_WEIGHT, layer);
        Tensor recurrentWeight = tensor(tensors, CellTensor.RECURRENT_WEIGHT, layer);
        this.cell = config.cell();
        this.hidden = config.hiddenSize();
        this.inputs = inputWeight.shape().get(1);
        this.input = Product.of(inputWeight);
        this.recurrent = Product.of(recurrentWeight);
        this.inputBack = Product.ofTransposed(inputWeight);
        this.recurrentBack = Product.ofTransposed(recurrentWeight);
        this.inputBias = tensor(tensors, CellTensor.INPUT_BIAS, layer).values();
        this.recurrentBias = tensor(tensors, CellTensor.RECURRENT_BIAS, layer).values();
        this.peepholes = cell.peepholes() == 0
                ? new double[0]
                : inFloat64(tensor(tensors, CellTensor.PEEPHOLE_WEIGHT, layer).values());
        this.formula = new CellStep(cell);
    }

    private static Tensor tensor(Map<String, Tensor> tensors, CellTensor tensor, int layer) {
        return tensors.get(NetworkConfig.RNN_PREFIX + tensor.in(layer));
    }

    /** The states of a sequence that begins, or gradients by them: zero. */
    double[][] zeros() {
        return new double[cell.states().size()][hidden];
    }

    /** A step from these states on. */
    Kept step(double[] x, double[][] before) {
        double[] fromInput = inFloat64(inputBias);
        double[] fromState = inFloat64(recurrentBias);
        input.add(x, fromInput);
        recurrent.add(before[0], fromState);
        Kept kept = new Kept(new double[fromInput.length], fromState, before, zeros());
        double[] a = new double[cell.gates()];
        double[] b = new double[a.length];
        double[] gates = new double[a.length];
        double[] states = new double[before.length];
        double[] sees = new double[cell.peepholes()];
        for (int unit = 0; unit < hidden; unit++) {
            take(fromInput, unit, a);
            take(fromState, unit, b);
            take(before, unit, states);
            take(peepholes, unit, sees);
            formula.forward(a, b, sees, gates, states);
            put(gates, kept.gates, unit);
            put(states, kept.after, unit);
        }
        return kept;
    }

    private static double[] inFloat64(float[] values) {
        double[] copy = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            copy[i] = values[i];
        }
        return copy;
    }

    /**
     * The way back through a step.
     *
     * @param dStates gradients by the states after it; becomes those by the states before it
     * @return those by what it read
     */
    double[] back(Kept kept, double[][] dStates) {
        double[] dInput = new double[kept.gates.length];
        double[] dRecurrent = new double[kept.gates.length];
        double[] a = new double[cell.gates()];
        double[] b = new double[a.length];
        double[] gates = new double[a.length];
        double[] fromState = new double[a.length];
        double[] before = new double[dStates.length];
        double[] after = new double[dStates.length];
        double[] slopes = new double[dStates.length];
        double[] sees = new double[cell.peepholes()];
        for (int unit = 0; unit < hidden; unit++) {
            take(kept.gates, unit, gates);
            take(kept.recurrent, unit, fromState);
            take(kept.before, unit, before);
            take(kept.after, unit, after);
            take(dStates, unit, slopes);
            take(peepholes, unit, sees);
            formula.back(gates, fromState, sees, before, after, slopes, a, b);
            put(slopes, dStates, unit);
            put(a, dInput, unit);
            put(b, dRecurrent, unit);
        }
        recurrentBack.add(dRecurrent, dStates[0]);
        double[] dx = new double[inputs];
        inputBack.add(dInput, dx);
        return dx;
    }

    private void take(double[] rows, int unit, double[] to) {
        for (int gate = 0; gate < to.length; gate++) {
            to[gate] = rows[gate * hidden + unit];
        }
    }

    private void put(double[] from, double[] rows, int unit) {
        for (int gate = 0; gate < from.length; gate++) {
            rows[gate * hidden + unit] = from[gate];
        }
    }

    private static void take(double[][] states, int unit, double[] to) {
        for (int state = 0; state < to.length; state++) {
            to[state] = states[state][unit];
        }
    }

    private static void put(double[] from, double[][] states, int unit) {
        for (int state = 0; state < from.length; state++) {
            states[state][unit] = from[state];
        }
    }
}
