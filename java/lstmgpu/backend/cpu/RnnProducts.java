package lstmgpu.backend.cpu;

import lstmgpu.backend.CellTensor;

/** The products of a recurrent stack, in one precision; steps have their cells with them. */
interface RnnProducts {
    /** gates = W_ih·x + biases for all steps of a layer, or the same from a table. */
    void projectInput(int layer);

    /** gates += W_hh·h, then the cell, and the projection of h where there is one. */
    void stepForward(int layer, int step);

    /** dh += W_hhᵀ·(gradients of the next step's gates), then the cell's gradient; the last step comes first. */
    void stepBackward(int layer, int step);

    /** Adds the gradient of one of the layer's matrices, summed over the steps. */
    void addMatrixGradient(int layer, CellTensor tensor);

    /**
     * The gradient of a layer's input for all steps.
     *
     * @param target [T, I or R, B]
     */
    void inputGradient(int layer, CpuBuffer target);
}
