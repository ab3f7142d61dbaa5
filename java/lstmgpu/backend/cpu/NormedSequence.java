package lstmgpu.backend.cpu;

import java.util.Arrays;

/** What one share of the workers does for {@link LayerNormLstm}: some sequences, turned into rows, one by one. */
final class NormedSequence {
    private final RnnWorkspace work;
    private final int units;
    private final int rows;

    /** Weights of the layer: g_x, g_h, b_ih + b_hh, [4H] each, and g_c, b_c, [H] each. */
    private final float[] inputGain;

    private final float[] recurrentGain;
    private final float[] bias;
    private final float[] cellGain;
    private final float[] cellShift;

    /** A sequence's norm(W_ih·x), norm(W_hh·h), and gates or their gradients, [4H]. */
    private final float[] input;

    private final float[] recurrent;
    private final float[] gates;

    /** Its c, normalised, and gradients by that, [H]. */
    private final float[] cell;

    private final float[] slopes;

    /** Blocks as they lie. With a row a sequence: all slots; c before; h or its gradient; c after or carried. */
    private final float[] columns;

    private final float[] slots;
    private final float[] before;
    private final float[] hidden;
    private final float[] other;

    /** Over the sequences and steps of the way back: sums for g_x, g_h, b, g_c and b_c, one behind the other. */
    private final double[] sums;

    /** @param most sequences at a time */
    NormedSequence(RnnWorkspace work, int most) {
        this.work = work;
        units = work.units;
        rows = work.gateRows;
        inputGain = new float[rows];
        recurrentGain = new float[rows];
        bias = new float[rows];
        cellGain = new float[units];
        cellShift = new float[units];
        input = new float[rows];
        recurrent = new float[rows];
        gates = new float[rows];
        cell = new float[units];
        slopes = new float[units];
        columns = new float[2 * rows * most];
        slots = new float[2 * rows * most];
        before = new float[units * most];
        hidden = new float[units * most];
        other = new float[units * most];
        sums = new double[work.spec.training() ? 3 * rows + 2 * units : 0];
    }

    double[] sums() {
        return sums;
    }

    /** Reads the layer's weights; {@code anew}: what was summed up is of another layer or pass. */
    void start(int layer, boolean anew) {
        LayerTensors at = work.tensors[layer];
        work.parameters.read(at.norms().inputGain(), inputGain, 0, rows);
        work.parameters.read(at.norms().recurrentGain(), recurrentGain, 0, rows);
        work.parameters.read(at.norms().cellGain(), cellGain, 0, units);
        work.parameters.read(at.norms().cellShift(), cellShift, 0, units);
        work.parameters.read(at.inputBias(), bias, 0, rows);
        work.parameters.read(at.recurrentBias(), gates, 0, rows);
        VectorMath.add(bias, gates, rows);
        if (anew) {
            Arrays.fill(sums, 0);
        }
    }

    /** The step of some sequences, from their products in the slots. */
    void forward(int layer, int step, int first, int count) {
        long block = work.unitBlock();
        read(work.gates[layer], work.gatesAt(step), 2 * rows, first, count, slots);
        read(work.cell[layer], step * block, units, first, count, before);
        for (int k = 0; k < count; k++) {
            System.arraycopy(slots, 2 * k * rows, input, 0, rows);
            System.arraycopy(slots, (2 * k + 1) * rows, recurrent, 0, rows);
            float inputScale = NormMath.normalise(input, rows);
            float recurrentScale = NormMath.normalise(recurrent, rows);
            activate();
            System.arraycopy(before, k * units, cell, 0, units);
            NormMath.keep(gates, cell, units);
            System.arraycopy(cell, 0, other, k * units, units);
            NormMath.normalise(cell, units);
            NormMath.show(gates, cell, cellGain, cellShift, slopes, units);
            System.arraycopy(slopes, 0, hidden, k * units, units);
            if (work.spec.training()) {
                System.arraycopy(input, 0, slots, 2 * k * rows, rows);
                System.arraycopy(recurrent, 0, slots, (2 * k + 1) * rows, rows);
                work.normScales[layer].setFloat(scaleAt(step, 0, first + k), inputScale);
                work.normScales[layer].setFloat(scaleAt(step, 1, first + k), recurrentScale);
            }
        }
        write(other, work.cell[layer], (step + 1) * block, units, first, count);
        write(hidden, work.hidden[layer], (step + 1) * block, units, first, count);
        if (work.spec.training()) {
            write(slots, work.gates[layer], work.gatesAt(step), 2 * rows, first, count);
        }
    }

    /** The gates' gradients of some sequences, and what flows to the step before beside the product. */
    void backward(int layer, int step, int first, int count) {
        long block = work.unitBlock();
        read(work.gates[layer], work.gatesAt(step), 2 * rows, first, count, slots);
        read(work.cell[layer], step * block, units, first, count, before);
        // c after the step goes through the room of the carried gradient, sequence by sequence, and is then replaced.
        read(work.madeCell(layer), (step + 1) * block, units, first, count, other);
        float[] dh = hidden;
        read(work.dHidden, step * block, units, first, count, dh);
        for (int k = 0; k < count; k++) {
            System.arraycopy(slots, 2 * k * rows, input, 0, rows);
            System.arraycopy(slots, (2 * k + 1) * rows, recurrent, 0, rows);
            activate();
            System.arraycopy(other, k * units, cell, 0, units);
            readCarry(step, first + k, k);
            float cellScale = NormMath.normalise(cell, units);
            NormMath.showGrad(gates, cell, cellGain, cellShift, dh, k * units, slopes, sums, 3 * rows, units);
            NormMath.normaliseGrad(slopes, cell, cellScale, units);
            NormMath.keepGrad(gates, before, other, k * units, slopes, units);
            float inputScale = work.normScales[layer].getFloat(scaleAt(step, 0, first + k));
            float recurrentScale = work.normScales[layer].getFloat(scaleAt(step, 1, first + k));
            for (int row = 0; row < rows; row++) {
                sums[2 * rows + row] += gates[row];
            }
            side(input, inputGain, inputScale, 0, 2 * k * rows);
            side(recurrent, recurrentGain, recurrentScale, rows, (2 * k + 1) * rows);
        }
        write(other, work.carry, 0, units, first, count);
        write(slots, work.gates[layer], work.gatesAt(step), 2 * rows, first, count);
    }

    /** From the gates' gradients to those of a product, whose normalised numbers these are. */
    private void side(float[] normed, float[] gain, float scale, int sumsAt, int slotsAt) {
        for (int row = 0; row < rows; row++) {
            sums[sumsAt + row] += gates[row] * normed[row];
        }
        for (int row = 0; row < rows; row++) {
            slots[slotsAt + row] = gates[row] * gain[row];
        }
        System.arraycopy(slots, slotsAt, columns, 0, rows);
        NormMath.normaliseGrad(columns, normed, scale, rows);
        System.arraycopy(columns, 0, slots, slotsAt, rows);
    }

    /** gates = activations of g_x·input + g_h·recurrent + b. */
    private void activate() {
        for (int row = 0; row < rows; row++) {
            gates[row] = Math.fma(recurrentGain[row], recurrent[row], bias[row]);
        }
        for (int row = 0; row < rows; row++) {
            gates[row] = Math.fma(inputGain[row], input[row], gates[row]);
        }
        NormMath.activate(gates, units);
    }

    /** What the next step left for a sequence, into its row of {@link #other}; nothing comes from beyond the last. */
    private void readCarry(int step, int sequence, int k) {
        for (int unit = 0; unit < units; unit++) {
            other[k * units + unit] =
                    step == work.steps - 1 ? 0f : work.carry.getFloat((long) unit * work.sequences + sequence);
        }
    }

    private long scaleAt(int step, int side, int sequence) {
        return (2L * step + side) * work.sequences + sequence;
    }

    /** Some columns of a block [height,B] as rows. */
    private void read(CpuBuffer from, long block, int height, int first, int count, float[] to) {
        for (int row = 0; row < height; row++) {
            from.read(block + (long) row * work.sequences + first, columns, row * count, count);
        }
        VectorMath.transpose(columns, to, height, count);
    }

    /** Rows as some columns of a block [height,B]. */
    private void write(float[] from, CpuBuffer to, long block, int height, int first, int count) {
        VectorMath.transpose(from, columns, count, height);
        for (int row = 0; row < height; row++) {
            to.write(columns, row * count, block + (long) row * work.sequences + first, count);
        }
    }
}
