package lstmgpu.backend.reference;

import lstmgpu.backend.Cell;

/**
 * What one cell does to one sequence in one step. Its gates' inputs come in two parts, a_x = W_ih·x +
 * b_ih and a_h = W_hh·h + b_hh, because GRU does not simply add them; a cell that normalises gets W_ih·x and W_hh·h.
 */
interface ReferenceCell {
    /**
     * A sequence in one step.
     *
     * @param hBefore h [H] before the step
     * @param cBefore c [H] before the step
     * @param h after the step
     * @param c after the step
     * @param kept room [K·H] ({@link Cell#kept}) for what backward needs
     * @param own the weights beside the matrices and their biases, tensor by tensor: peepholes, or those of norms
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Sequence(double[] hBefore, double[] cBefore, double[] h, double[] c, double[] kept, double[] own) {}

    /**
     * Gradients of the loss around a sequence in one step; dh and dc are given, dOwn is added to,
     * the rest is overwritten.
     *
     * @param dh by h after the step
     * @param dc by c after the step
     * @param dInput by a_x [G·H]
     * @param dRecurrent by a_h [G·H]
     * @param dhBefore by h before the step, without what flows through a_h
     * @param dcBefore by c before the step
     * @param dOwn by the sequence's own weights
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Gradients(
            double[] dh,
            double[] dc,
            double[] dInput,
            double[] dRecurrent,
            double[] dhBefore,
            double[] dcBefore,
            double[] dOwn) {}

    void forward(double[] input, double[] recurrent, Sequence sequence);

    void backward(Sequence sequence, Gradients gradients);

    static ReferenceCell of(Cell cell) {
        return switch (cell) {
            case LSTM -> new ReferenceLstm();
            case GRU -> new ReferenceGru();
            case RNN_TANH -> ReferenceElman.tanh();
            case RNN_RELU -> ReferenceElman.relu();
            case LSTM_COUPLED -> new ReferenceCoupledLstm();
            case LSTM_PEEPHOLE -> new ReferencePeepholeLstm();
            case LSTM_LAYER_NORM -> new ReferenceLayerNormLstm();
        };
    }

    static double sigmoid(double a) {
        return 1 / (1 + Math.exp(-a));
    }
}
