package lstmgpu.network;

import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnState;

/** States of single sequences in those of a batch, h [L,B,R] and c [L,B,H]. */
final class SequenceStates {
    private SequenceStates() {}

    /** One sequence's state in each of so many. */
    static RnnState repeated(RnnState one, int sequences, RnnShape shape) {
        return new RnnState(
                repeated(one.hidden(), sequences, shape.shownSize()),
                repeated(one.cell(), sequences, shape.hiddenSize()));
    }

    private static float[] repeated(float[] state, int sequences, int hidden) {
        float[] all = new float[Math.multiplyExact(state.length, sequences)];
        for (int row = 0; row < all.length / hidden; row++) {
            System.arraycopy(state, row / sequences * hidden, all, row * hidden, hidden);
        }
        return all;
    }

    /** Sequence i has what sequence {@code from[i]} had. */
    static RnnState reordered(RnnState all, int[] from, RnnShape shape) {
        return new RnnState(
                reordered(all.hidden(), from, shape.shownSize()), reordered(all.cell(), from, shape.hiddenSize()));
    }

    private static float[] reordered(float[] states, int[] from, int hidden) {
        float[] result = new float[states.length];
        for (int row = 0; row < states.length / hidden; row++) {
            int sequence = row % from.length;
            System.arraycopy(states, (row - sequence + from[sequence]) * hidden, result, row * hidden, hidden);
        }
        return result;
    }
}
