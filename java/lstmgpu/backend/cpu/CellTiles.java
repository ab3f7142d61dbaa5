package lstmgpu.backend.cpu;

import java.util.Arrays;

/**
 * What a kind of cell computes of n neighbouring pairs of unit and sequence in a step; their gates' slots lie in the
 * worker's first tiles.
 */
abstract class CellTiles {
    final RnnWorkspace work;

    CellTiles(RnnWorkspace work) {
        this.work = work;
    }

    static CellTiles of(RnnWorkspace work) {
        return switch (work.shape.cell()) {
            case LSTM -> new LstmTiles(work);
            case GRU -> new GruTiles(work);
            case RNN_TANH -> new ElmanTiles(work, (a, n) -> VectorMath.tanh(a, a, n), CellMath::tanhGrad);
            case RNN_RELU -> new ElmanTiles(work, CellMath::relu, CellMath::reluGrad);
            case LSTM_COUPLED -> new CoupledLstmTiles(work);
            case LSTM_PEEPHOLE -> new PeepholeLstmTiles(work);
            case LSTM_LAYER_NORM -> throw new IllegalStateException("normalised units are not computed apart");
        };
    }

    /**
     * Turns pre-activations into activated gates and reads and writes states other than h'.
     *
     * @param at the first pair's element in a block [H,B]
     * @param h becomes h'
     */
    abstract void forward(Worker worker, int layer, int step, long at, float[] h, int n);

    /**
     * Does the same, from reading the gates to writing h', in native code for any number of pairs.
     *
     * @return false where there is none; nothing is done then
     */
    boolean forwardAtOnce(int layer, int step, long at, long n) {
        return false;
    }

    /**
     * Turns activated gates into gradients of the pre-activations, with what flows from the next step to the one before
     * beside the product.
     *
     * @param dh gradient of h'; overwritten
     */
    abstract void backward(Worker worker, int layer, int step, long at, float[] dh, int n);

    /** {@link #forwardAtOnce} for {@link #backward}, from reading the gates to writing them. */
    boolean backwardAtOnce(int layer, int step, long at, long n) {
        return false;
    }

    /** One of the tiles, from 0 on, behind those of the gates' slots and of h or its gradient. */
    final float[] further(Worker worker, int number) {
        return worker.tile(work.slots + 1 + number, Worker.TILE);
    }

    /** Reads what the next step left in the workspace's carry; nothing comes from beyond the last step. */
    final void readCarry(int step, long at, float[] carried, int n) {
        if (step == work.steps - 1) {
            Arrays.fill(carried, 0, n, 0f);
        } else {
            work.carry.read(at, carried, 0, n);
        }
    }
}
