package lstmgpu.inspect;

import java.util.Arrays;
import java.util.Map;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellStep;
import lstmgpu.backend.CellTensor;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/**
 * A step of all units of a layer in float64, from what its two matrices make of x and h, and the way back; it keeps no
 * state, and threads share it.
 */
final class LayerFormula {
    /**
     * What a step was given and found.
     *
     * @param input [G·H] what it took from W_ih·x: that with b_ih, or normalised
     * @param recurrent [G·H] likewise from W_hh·h
     * @param gates [G·H]
     * @param before the states before it, [S][H]; with a projection without h, which no unit reads
     * @param made what the cell made of them, before a projection
     * @param after the states after it, h [R] first, of which units may have kept some
     * @param own what the units make of c, [H]: h before a projection
     * @param inputNorm how W_ih·x was normalised, as the next two; null where it was not
     * @param seenNorm of c
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Step(
            double[] input,
            double[] recurrent,
            double[] gates,
            double[][] before,
            double[][] made,
            double[][] after,
            double[] own,
            LayerNorm inputNorm,
            LayerNorm recurrentNorm,
            LayerNorm seenNorm) {}

    private final Cell cell;
    private final int hidden;
    private final int shown;
    private final double[] inputBias;
    private final double[] recurrentBias;
    private final double[] peepholes;
    private final CellStep formula;

    /** W_hr and W_hrᵀ; null where h is not projected. */
    private final Product projection;

    private final Product projectionBack;
    /** How much of each state the units keep. */
    private final double[] keeps;

    /** g_x, g_h, g_c and b_c; null where nothing is normalised. */
    private final Norms norms;

    @SuppressWarnings("ArrayRecordComponent")
    private record Norms(double[] inputGain, double[] recurrentGain, double[] cellGain, double[] cellShift) {}

    LayerFormula(NetworkConfig config, Map<String, Tensor> tensors, int layer) {
        this.cell = config.cell();
        this.hidden = config.hiddenSize();
        this.keeps = new double[] {config.zoneout().hidden(), config.zoneout().cell()};
        this.inputBias = values(tensors, CellTensor.INPUT_BIAS, layer);
        this.recurrentBias = values(tensors, CellTensor.RECURRENT_BIAS, layer);
        this.peepholes = cell.peepholes() == 0 ? new double[0] : values(tensors, CellTensor.PEEPHOLE_WEIGHT, layer);
        this.formula = new CellStep(cell);
        Tensor projected = tensor(tensors, CellTensor.PROJECTION_WEIGHT, layer);
        this.projection = projected == null ? null : Product.of(projected);
        this.projectionBack = projected == null ? null : Product.ofTransposed(projected);
        this.shown = projected == null ? hidden : projected.shape().getFirst();
        this.norms = cell.normalises()
                ? new Norms(
                        values(tensors, CellTensor.INPUT_GAIN, layer),
                        values(tensors, CellTensor.RECURRENT_GAIN, layer),
                        values(tensors, CellTensor.CELL_GAIN, layer),
                        values(tensors, CellTensor.CELL_SHIFT, layer))
                : null;
    }

    static Tensor tensor(Map<String, Tensor> tensors, CellTensor tensor, int layer) {
        return tensors.get(NetworkConfig.RNN_PREFIX + tensor.in(layer));
    }

    private static double[] values(Map<String, Tensor> tensors, CellTensor tensor, int layer) {
        float[] values = tensor(tensors, tensor, layer).values();
        double[] copy = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            copy[i] = values[i];
        }
        return copy;
    }

    /** States before the first step, or gradients by them: zero, h [R] first. */
    double[][] zeros() {
        double[][] zeros = new double[cell.states().size()][hidden];
        zeros[0] = new double[shown];
        return zeros;
    }

    /**
     * The step.
     *
     * @param fromInput [G·H] W_ih·x
     * @param fromState [G·H] W_hh·h
     * @param shownBefore the states before it, h [R] first
     */
    Step forward(double[] fromInput, double[] fromState, double[][] shownBefore) {
        double[][] before = unprojected(shownBefore, new double[hidden]);
        LayerNorm inputNorm = norms == null ? null : new LayerNorm(fromInput, norms.inputGain);
        LayerNorm recurrentNorm = norms == null ? null : new LayerNorm(fromState, norms.recurrentGain);
        double[] input = sum(norms == null ? fromInput : inputNorm.scaled(), inputBias);
        double[] recurrent = sum(norms == null ? fromState : recurrentNorm.scaled(), recurrentBias);
        double[] gates = new double[input.length];
        double[][] after = new double[before.length][];
        for (int state = 0; state < after.length; state++) {
            after[state] = before[state].clone();
        }
        Unit unit = new Unit(before.length);
        for (int u = 0; u < hidden; u++) {
            unit.take(u, input, recurrent, gates, after);
            formula.keep(unit.a, unit.b, unit.sees, unit.gates, unit.states);
            unit.put(u, gates, after);
        }
        double[] kept = after[after.length - 1];
        LayerNorm seenNorm = norms == null ? null : new LayerNorm(kept, norms.cellGain);
        double[] seen = norms == null ? kept.clone() : sum(seenNorm.scaled(), norms.cellShift);
        for (int u = 0; u < hidden; u++) {
            unit.take(u, input, recurrent, gates, after);
            formula.show(unit.a, unit.b, unit.sees, unit.gates, unit.states, seen[u]);
            unit.put(u, gates, after);
        }
        double[][] states = after.clone();
        for (int state = 0; state < states.length && keeps[0] + keeps[1] > 0; state++) {
            states[state] = weighed(keeps[state], before[state], after[state]);
        }
        double[] own = states[0];
        if (projection != null) {
            states[0] = new double[shown];
            projection.add(own, states[0]);
        }
        return new Step(input, recurrent, gates, before, after, states, own, inputNorm, recurrentNorm, seenNorm);
    }

    /** The states of the units by themselves: with a projection another h. */
    private double[][] unprojected(double[][] states, double[] own) {
        if (projection == null) {
            return states;
        }
        double[][] ofUnits = states.clone();
        ofUnits[0] = own;
        return ofUnits;
    }

    private static double[] weighed(double kept, double[] before, double[] made) {
        double[] states = made.clone();
        for (int u = 0; u < states.length; u++) {
            states[u] = kept * before[u] + (1 - kept) * made[u];
        }
        return states;
    }

    /** Gradients by W_ih·x and by W_hh·h, [G·H]. */
    @SuppressWarnings("ArrayRecordComponent")
    record Slopes(double[] input, double[] recurrent) {}

    /**
     * The way back.
     *
     * @param dStates gradients by the states after the step; becomes those by the states before it, but for what goes
     *     through W_hh·h
     */
    Slopes back(Step step, double[][] dStates) {
        if (projection == null) {
            return unitsBack(step, dStates);
        }
        double[] dOwn = new double[hidden];
        projectionBack.add(dStates[0], dOwn);
        Slopes slopes = unitsBack(step, unprojected(dStates, dOwn));
        Arrays.fill(dStates[0], 0);
        return slopes;
    }

    private Slopes unitsBack(Step step, double[][] dStates) {
        double[] dInput = new double[step.gates.length];
        double[] dRecurrent = new double[step.gates.length];
        double[][] passed = new double[dStates.length][];
        for (int state = 0; state < passed.length; state++) {
            passed[state] = scaled(keeps[state], dStates[state]);
            System.arraycopy(scaled(1 - keeps[state], dStates[state]), 0, dStates[state], 0, hidden);
        }
        double[] kept = step.made[step.made.length - 1];
        double[] seen = norms == null ? kept : sum(step.seenNorm.scaled(), norms.cellShift);
        double[] dSeen = new double[hidden];
        Unit unit = new Unit(dStates.length);
        for (int u = 0; u < hidden; u++) {
            unit.take(u, dInput, dRecurrent, step.gates, dStates);
            unit.takeRecurrent(u, step.recurrent);
            dSeen[u] =
                    formula.backFromShow(unit.gates, unit.recurrent, unit.sees, seen[u], unit.states, unit.a, unit.b);
            unit.putSlopes(u, dInput, dRecurrent, dStates);
        }
        double[] dKept = norms == null ? dSeen : step.seenNorm.back(dSeen);
        for (int u = 0; u < hidden; u++) {
            dStates[dStates.length - 1][u] += dKept[u];
            unit.take(u, dInput, dRecurrent, step.gates, dStates);
            unit.takeRecurrent(u, step.recurrent);
            take(step.before, u, unit.before);
            formula.backFromKeep(unit.gates, unit.recurrent, unit.sees, unit.before, unit.states, unit.a, unit.b);
            unit.putSlopes(u, dInput, dRecurrent, dStates);
        }
        for (int state = 0; state < passed.length; state++) {
            System.arraycopy(sum(dStates[state], passed[state]), 0, dStates[state], 0, hidden);
        }
        return norms == null
                ? new Slopes(dInput, dRecurrent)
                : new Slopes(step.inputNorm.back(dInput), step.recurrentNorm.back(dRecurrent));
    }

    private static double[] sum(double[] values, double[] more) {
        double[] sum = values.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += more[i];
        }
        return sum;
    }

    private static double[] scaled(double factor, double[] values) {
        return Arrays.stream(values).map(value -> factor * value).toArray();
    }

    private static void take(double[][] states, int unit, double[] to) {
        for (int state = 0; state < to.length; state++) {
            to[state] = states[state][unit];
        }
    }

    /** The numbers of one unit. */
    private final class Unit {
        final double[] a = new double[cell.gates()];
        final double[] b = new double[cell.gates()];
        final double[] gates = new double[cell.gates()];
        final double[] recurrent = new double[cell.gates()];
        final double[] sees = new double[cell.peepholes()];
        final double[] states;
        final double[] before;

        Unit(int count) {
            states = new double[count];
            before = new double[count];
        }

        void take(int unit, double[] first, double[] second, double[] activated, double[][] ofStates) {
            take(first, unit, a);
            take(second, unit, b);
            take(activated, unit, gates);
            take(peepholes, unit, sees);
            LayerFormula.take(ofStates, unit, states);
        }

        void takeRecurrent(int unit, double[] rows) {
            take(rows, unit, recurrent);
        }

        void put(int unit, double[] activated, double[][] ofStates) {
            put(gates, activated, unit);
            for (int state = 0; state < states.length; state++) {
                ofStates[state][unit] = states[state];
            }
        }

        void putSlopes(int unit, double[] first, double[] second, double[][] ofStates) {
            put(a, first, unit);
            put(b, second, unit);
            for (int state = 0; state < states.length; state++) {
                ofStates[state][unit] = states[state];
            }
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
    }
}
