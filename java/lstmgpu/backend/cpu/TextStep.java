package lstmgpu.backend.cpu;

import lstmgpu.backend.RnnInput;

/** A layer's step of texts that are written: input product, recurrent product and cell; a worker has some units. */
final class TextStep extends ForwardStep {
    private final TextRows inputs;
    private final TextRows recurrent;
    private final float[] biases;

    /**
     * Takes the biases as they are now.
     *
     * @param work of one step, whose parameters are there
     * @param norms whose turn it is behind this, after the products of all units; null where nothing normalises
     * @param inputs W_ih; null where a table is read
     * @param recurrent W_hh
     */
    TextStep(RnnWorkspace work, LayerNormLstm norms, int layer, TextRows inputs, TextRows recurrent) {
        super(work, norms, RowProduct.TILE);
        inOneTask(layer, 0);
        this.inputs = inputs;
        this.recurrent = recurrent;
        InputProjection projection = new InputProjection(work).of(layer);
        biases = new float[work.slots * work.units];
        for (int row = 0; row < biases.length; row++) {
            biases[row] = projection.bias(row);
        }
    }

    @Override
    void multiply(Worker worker, int from, int to) {
        int rows = to - from;
        int units = work.units;
        int texts = work.sequences;
        for (int slot = 0; slot < work.slots; slot++) {
            begin(worker, slot * units + from, rows);
        }
        int gates = work.shape.cell().gates();
        long result = work.gates[layer].address((long) from * texts);
        long slotBytes = work.unitBlock() * CpuBuffer.ELEMENT_BYTES;
        if (inputs != null) {
            long x = inputs.read(worker, work.inputAddress(layer, 0));
            for (int gate = 0; gate < gates; gate++) {
                inputs.add(worker, gate, from, rows, x, result + gate * slotBytes, texts, 1);
            }
        }
        long h = recurrent.read(worker, work.hidden[layer].address(0));
        for (int gate = 0; gate < gates; gate++) {
            recurrent.add(worker, gate, from, rows, h, result + work.hiddenSlot(gate) * slotBytes, texts, 1);
        }
    }

    /** Some rows of a slot begin with their biases and, of gates that a table is read for, the tokens' rows. */
    private void begin(Worker worker, int row, int rows) {
        if (GateRows.suit(work)) {
            GateRows.start(work, layer, row, row + rows, 0, 1);
            return;
        }
        int texts = work.sequences;
        float[] all = worker.tile(0, rows * texts);
        float[] one = worker.tile(1, rows);
        CpuBuffer table = inputs == null && row < work.gateRows && work.input instanceof RnnInput.Table in
                ? (CpuBuffer) in.table()
                : null;
        for (int text = 0; text < texts; text++) {
            if (table != null) {
                table.read((long) work.tokens[text] * work.gateRows + row, one, 0, rows);
            }
            for (int i = 0; i < rows; i++) {
                all[i * texts + text] = table == null ? biases[row + i] : one[i] + biases[row + i];
            }
        }
        work.gates[layer].write(all, 0, (long) row * texts, rows * texts);
    }
}
