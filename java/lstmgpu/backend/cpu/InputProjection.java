package lstmgpu.backend.cpu;

import java.util.Arrays;
import lstmgpu.backend.RnnInput;

/** gates = W_ih·x + biases for all steps of a layer, or the same from a table; a worker does some of the gate rows. */
class InputProjection implements WorkerPool.Task {
    /** Rows a worker fills or gathers at a time. */
    private static final int ROWS = 16;

    /** The same where a sequence's numbers are read one after the other. */
    private static final int FEW_ROWS = 64;

    final RnnWorkspace work;
    int layer;

    InputProjection(RnnWorkspace work) {
        this.work = work;
    }

    final InputProjection of(int nextLayer) {
        layer = nextLayer;
        return this;
    }

    @Override
    public final void run(Worker worker) {
        int from = worker.from(work.gateRows, ROWS);
        int to = worker.to(work.gateRows, ROWS);
        int further = work.slots * work.units - work.gateRows;
        int first = work.gateRows + worker.from(further, ROWS);
        int last = work.gateRows + worker.to(further, ROWS);
        boolean gathers = layer == 0 && work.readsTable();
        if (gathers && GateRows.suit(work)) {
            GateRows.start(work, layer, from, to, 0, work.steps);
        } else if (gathers) {
            gather(worker, from, to);
        } else {
            project(worker, from, to);
        }
        float[] biases = biases(worker, first, last);
        for (int step = 0; step < work.steps; step++) {
            fill(biases, first, last, step);
        }
    }

    private void gather(Worker worker, int from, int to) {
        if (work.singleSequence()) {
            gatherSingleSequence(worker, from, to);
            return;
        }
        int atATime = work.writesTexts() ? FEW_ROWS : ROWS;
        for (int row = from; row < to; row += atATime) {
            if (work.writesTexts()) {
                gatherStep(worker, row, Math.min(atATime, to - row));
            } else {
                gatherRows(worker, row, Math.min(atATime, to - row));
            }
        }
    }

    /** The biases of some rows, once for every sequence; null where native code fills rows with them. */
    final float[] biases(Worker worker, int from, int to) {
        if (GateRows.suit(work)) {
            return null;
        }
        float[] tile = worker.tile(0, (to - from) * work.sequences);
        for (int row = from; row < to; row++) {
            int at = (row - from) * work.sequences;
            Arrays.fill(tile, at, at + work.sequences, bias(row));
        }
        return tile;
    }

    final void fill(float[] biases, int from, int to, int step) {
        if (biases == null) {
            GateRows.start(work, layer, from, to, step, 1);
            return;
        }
        int sequences = work.sequences;
        work.gates[layer].write(biases, 0, work.gatesAt(step) + (long) from * sequences, (to - from) * sequences);
    }

    /** A token's row of the table as it lies. */
    private void gatherSingleSequence(Worker worker, int from, int to) {
        if (from >= to || !(work.input instanceof RnnInput.Table in) || !(in.table() instanceof CpuBuffer table)) {
            return;
        }
        int rows = to - from;
        float[] biases = biases(worker, from, to);
        float[] tile = worker.tile(1, rows);
        for (int step = 0; step < work.steps; step++) {
            table.read((long) work.tokens[step] * work.gateRows + from, tile, 0, rows);
            VectorMath.add(tile, biases, rows);
            work.gates[layer].write(tile, 0, work.gatesAt(step) + from, rows);
        }
    }

    /** Some rows of each sequence's token, read as they lie. */
    private void gatherStep(Worker worker, int row, int rows) {
        if (!(work.input instanceof RnnInput.Table in) || !(in.table() instanceof CpuBuffer table)) {
            return;
        }
        int sequences = work.sequences;
        float[] gathered = worker.tile(2, rows * sequences);
        for (int sequence = 0; sequence < sequences; sequence++) {
            table.read((long) work.tokens[sequence] * work.gateRows + row, gathered, sequence * rows, rows);
        }
        float[] gates = worker.tile(1, rows * sequences);
        VectorMath.transpose(gathered, gates, sequences, rows);
        VectorMath.add(gates, biases(worker, row, row + rows), rows * sequences);
        work.gates[0].write(gates, 0, work.gatesAt(0) + (long) row * sequences, rows * sequences);
    }

    private void gatherRows(Worker worker, int row, int rows) {
        int vocabulary = work.spec.tableSize();
        int sequences = work.sequences;
        float[] table = worker.tile(1, rows * vocabulary);
        for (int r = 0; r < rows; r++) {
            int at = r * vocabulary;
            work.table.read((long) (row + r) * vocabulary, table, at, vocabulary);
            float bias = bias(row + r);
            for (int v = at; v < at + vocabulary; v++) {
                table[v] += bias;
            }
        }
        float[] tile = worker.tile(0, rows * sequences);
        for (int step = 0; step < work.steps; step++) {
            for (int r = 0; r < rows; r++) {
                for (int sequence = 0; sequence < sequences; sequence++) {
                    tile[r * sequences + sequence] = table[r * vocabulary + work.tokens[step * sequences + sequence]];
                }
            }
            work.gates[layer].write(tile, 0, work.gatesAt(step) + (long) row * sequences, rows * sequences);
        }
    }

    /**
     * What the gates start from: both biases, except that a split last gate keeps its b_hh for the slot behind the
     * gates (GRU's q); 0 where a norm comes first.
     */
    final float bias(int slotRow) {
        if (work.shape.cell().normalises()) {
            return 0f;
        }
        LayerTensors at = work.tensors[layer];
        if (slotRow >= work.gateRows) {
            return work.parameters.getFloat(at.recurrentBias() + slotRow - work.units);
        }
        float fromTable = layer == 0 && work.input instanceof RnnInput.Table
                ? 0f
                : work.parameters.getFloat(at.inputBias() + slotRow);
        return work.shape.cell().splitsLastGate() && slotRow >= work.gateRows - work.units
                ? fromTable
                : fromTable + work.parameters.getFloat(at.recurrentBias() + slotRow);
    }

    /** All steps of some gate rows. */
    void project(Worker worker, int from, int to) {
        if (from >= to) {
            return;
        }
        float[] biases = biases(worker, from, to);
        int inputs = work.inputOf(layer);
        int sequences = work.sequences;
        long weight = work.parameters.address(work.tensors[layer].inputWeight() + (long) from * inputs);
        long gates = work.gates[layer].address((long) from * sequences);
        if (work.writesTexts()) {
            fill(biases, from, to, 0);
            multiplyLanes(worker, from, to);
            return;
        }
        if (work.singleSequence()) {
            for (int step = 0; step < work.steps; step++) {
                fill(biases, from, to, step);
            }
            multiplySingleSequence(worker, to - from, weight, gates);
            return;
        }
        for (int step = 0; step < work.steps; step++) {
            // Filled step by step, so that the product finds the rows it adds to in the cache.
            fill(biases, from, to, step);
            multiplyStep(worker, to - from, step, weight, gates);
        }
    }

    private void multiplyLanes(Worker worker, int from, int to) {
        int inputs = work.inputOf(layer);
        int sequences = work.sequences;
        long weight = work.parameters.address(work.tensors[layer].inputWeight() + (long) from * inputs);
        long gates = work.gates[layer].address((long) from * sequences);
        LaneProduct.Rows rows = worker.blas().laneRows().of(to - from, weight, inputs, gates, sequences);
        worker.blas().multiplyLanes(rows, sequences, inputs, work.inputAddress(layer, 0), sequences);
    }

    private void multiplyStep(Worker worker, int rows, int step, long weight, long gates) {
        int inputs = work.inputOf(layer);
        int sequences = work.sequences;
        long x = work.inputAddress(layer, step);
        long result = gates + work.gatesAt(step) * CpuBuffer.ELEMENT_BYTES;
        worker.blas()
                .multiply(
                        Blas.Transposed.NONE,
                        rows,
                        sequences,
                        inputs,
                        weight,
                        inputs,
                        x,
                        sequences,
                        1f,
                        result,
                        sequences);
    }

    /** The steps are the rows of one product. */
    private void multiplySingleSequence(Worker worker, int rows, long weight, long gates) {
        int inputs = work.inputOf(layer);
        long x = work.inputAddress(layer, 0);
        int stride = work.slots * work.units;
        worker.blas()
                .multiply(
                        Blas.Transposed.SECOND, work.steps, rows, inputs, x, inputs, weight, inputs, 1f, gates, stride);
    }
}
