package lstmgpu.backend.cpu;

import java.util.Arrays;

/**
 * The cells of a step of a normalised LSTM, whose units see each other; a worker does some of the sequences, one after
 * the other and all units of each. Slots: norm(W_ih·x) and norm(W_hh·h) of i, f, g, o, for which backward puts the
 * gradients of the two products; the activated gates are computed anew for it.
 */
final class LayerNormLstm implements WorkerPool.Task {
    /** Sequences that are turned from columns into rows at a time. */
    private static final int SEQUENCES = 16;

    private final RnnWorkspace work;
    private final NormedSequence[] shares;
    private int layer;
    private int step;
    private boolean back;

    /** @param shares of the pool that runs it */
    LayerNormLstm(RnnWorkspace work, int shares) {
        this.work = work;
        this.shares = new NormedSequence[shares];
        Arrays.setAll(this.shares, _ -> new NormedSequence(work, Math.min(SEQUENCES, work.sequences)));
    }

    /** @param backward whether it is the way back */
    LayerNormLstm of(int nextLayer, int nextStep, boolean backward) {
        layer = nextLayer;
        step = nextStep;
        back = backward;
        return this;
    }

    @Override
    public void run(Worker worker) {
        NormedSequence share = shares[worker.share()];
        share.start(layer, back && step == work.steps - 1);
        int to = worker.to(work.sequences, 1);
        for (int first = worker.from(work.sequences, 1); first < to; first += SEQUENCES) {
            int count = Math.min(SEQUENCES, to - first);
            if (back) {
                share.backward(layer, step, first, count);
            } else {
                share.forward(layer, step, first, count);
            }
        }
    }

    /** Adds the gradients of the layer's norms, over the steps of its way back, share by share. */
    void addGradients() {
        LayerTensors at = work.tensors[layer];
        LayerTensors.Norms norms = at.norms();
        int rows = work.gateRows;
        add(norms.inputGain(), 0, rows);
        add(norms.recurrentGain(), rows, rows);
        add(at.inputBias(), 2 * rows, rows);
        add(at.recurrentBias(), 2 * rows, rows);
        add(norms.cellGain(), 3 * rows, work.units);
        add(norms.cellShift(), 3 * rows + work.units, work.units);
    }

    private void add(long tensor, int from, int count) {
        for (int i = 0; i < count; i++) {
            double sum = 0;
            for (NormedSequence share : shares) {
                sum += share.sums()[from + i];
            }
            work.gradients.setFloat(tensor + i, (float) (work.gradients.getFloat(tensor + i) + sum));
        }
    }
}
