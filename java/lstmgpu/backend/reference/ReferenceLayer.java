package lstmgpu.backend.reference;

import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/**
 * One recurrent layer over T steps of B sequences, with everything it computed kept for the way back.
 */
final class ReferenceLayer {
    /** W_hh [G·H,H] and b_hh [G·H], or their gradients. */
    record Recurrent(ReferenceBuffer weight, ReferenceBuffer bias) {}

    final ReferenceCell cell;
    private final int gateRows;

    /** States [T+1][B][H]; entry 0 is the initial one. */
    final double[][][] h;

    final double[][][] c;
    private final double[][][] kept;

    ReferenceLayer(ReferenceCell cell, RnnSpec spec) {
        RnnShape shape = spec.shape();
        this.cell = cell;
        this.gateRows = shape.gateRows();
        this.h = new double[spec.steps() + 1][spec.batch()][shape.hiddenSize()];
        this.c = new double[spec.steps() + 1][spec.batch()][shape.hiddenSize()];
        this.kept = new double[spec.steps()][spec.batch()][shape.cell().kept() * shape.hiddenSize()];
    }

    /** Runs all steps from the state in entry 0. */
    void forward(ReferenceInput input, Recurrent parameters) {
        double[] fromInput = new double[gateRows];
        double[] fromState = new double[gateRows];
        for (int t = 0; t < kept.length; t++) {
            for (int b = 0; b < kept[t].length; b++) {
                input.product(t, b, fromInput);
                ReferenceMatrix.affine(parameters.weight(), parameters.bias(), h[t][b], fromState);
                cell.forward(fromInput, fromState, sequence(t, b));
            }
        }
    }

    /**
     * Goes back through all steps.
     *
     * @param dOutput gradient by every h after its step [T][B][H], from the layer above
     */
    void backward(ReferenceInput input, Recurrent parameters, double[][][] dOutput, Recurrent gradients) {
        int hiddenSize = h[0][0].length;
        for (int b = 0; b < h[0].length; b++) {
            double[] dh = new double[hiddenSize];
            double[] dc = new double[hiddenSize];
            for (int t = kept.length - 1; t >= 0; t--) {
                for (int j = 0; j < hiddenSize; j++) {
                    dh[j] += dOutput[t][b][j];
                }
                ReferenceCell.Gradients step = new ReferenceCell.Gradients(
                        dh,
                        dc,
                        new double[gateRows],
                        new double[gateRows],
                        new double[hiddenSize],
                        new double[hiddenSize]);
                cell.backward(sequence(t, b), step);
                input.gradient(t, b, step.dInput());
                ReferenceMatrix.affineGradient(
                        parameters.weight(),
                        h[t][b],
                        step.dRecurrent(),
                        step.dhBefore(),
                        gradients.weight(),
                        gradients.bias());
                dh = step.dhBefore();
                dc = step.dcBefore();
            }
        }
    }

    private ReferenceCell.Sequence sequence(int t, int b) {
        return new ReferenceCell.Sequence(h[t][b], c[t][b], h[t + 1][b], c[t + 1][b], kept[t][b]);
    }
}
