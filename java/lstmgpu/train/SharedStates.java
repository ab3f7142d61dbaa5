package lstmgpu.train;

import java.util.List;
import lstmgpu.backend.BatchShare;
import lstmgpu.network.Tensor;
import lstmgpu.parallel.Peers;

/**
 * States of a batch whose sequences several processes share: whole in checkpoints, so that a run goes on in another
 * number of processes.
 *
 * @param layers L·D
 * @param share which sequences of the whole batch are this process's
 * @param sequences how many these are
 * @param units H, or R of the states h
 */
record SharedStates(Peers peers, int layers, BatchShare share, int sequences, int units) {
    /** Of the whole batch: [L·D,B,H]. */
    List<Integer> shape() {
        return List.of(layers, share.all(), units);
    }

    /**
     * All sequences' states; all peers call it.
     *
     * @param own [L·D,B,H] of this process's sequences
     */
    Tensor whole(float[] own) {
        float[] all = new float[layers * share.all() * units];
        int first = 0;
        for (float[] piece : peers.gather(own)) {
            int width = piece.length / layers;
            for (int layer = 0; layer < layers; layer++) {
                System.arraycopy(piece, layer * width, all, layer * share.all() * units + first, width);
            }
            first += width;
        }
        return new Tensor(shape(), all);
    }

    /** This process's sequences of a tensor that has all of them: [L·D,B,H]. */
    float[] own(Tensor whole) {
        int width = sequences * units;
        float[] own = new float[layers * width];
        for (int layer = 0; layer < layers; layer++) {
            System.arraycopy(whole.values(), (layer * share.all() + share.first()) * units, own, layer * width, width);
        }
        return own;
    }
}
