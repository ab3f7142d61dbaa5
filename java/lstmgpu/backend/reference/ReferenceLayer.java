package lstmgpu.backend.reference;

import java.util.List;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/**
 * One direction of a recurrent layer over T steps of B sequences, with everything it computed kept for the way back. A
 * step of padding leaves the state as it is and gives zero.
 */
final class ReferenceLayer {
    /**
     * Weights or their gradients.
     *
     * @param weight W_hh [G·H,H]
     * @param bias b_hh [G·H]; null where it is one of the cell's own
     * @param own what the cell has beside, tensor by tensor
     */
    record Recurrent(ReferenceBuffer weight, ReferenceBuffer bias, List<ReferenceBuffer> own) {
        private double[] ownValues() {
            int length = own.stream().mapToInt(tensor -> (int) tensor.length()).sum();
            double[] values = new double[length];
            int at = 0;
            for (ReferenceBuffer tensor : own) {
                for (int i = 0; i < tensor.length(); i++) {
                    values[at++] = tensor.get(i);
                }
            }
            return values;
        }

        private void addOwn(double[] slopes) {
            int at = 0;
            for (ReferenceBuffer tensor : own) {
                for (int i = 0; i < tensor.length(); i++) {
                    tensor.add(i, slopes[at++]);
                }
            }
        }
    }

    final ReferenceCell cell;
    private final boolean reverse;
    private final int gateRows;

    /** States [T+1][B][H] in the order of reading; entry 0 is the initial one. */
    final double[][][] h;

    final double[][][] c;
    private final double[][][] kept;

    /** Steps of each sequence in the last forward, [B]. */
    private int[] lengths;

    /** @param reverse whether it reads the last step first */
    ReferenceLayer(ReferenceCell cell, RnnSpec spec, boolean reverse) {
        RnnShape shape = spec.shape();
        this.cell = cell;
        this.reverse = reverse;
        this.gateRows = shape.gateRows();
        this.h = new double[spec.steps() + 1][spec.batch()][shape.hiddenSize()];
        this.c = new double[spec.steps() + 1][spec.batch()][shape.hiddenSize()];
        this.kept = new double[spec.steps()][spec.batch()][shape.cell().kept() * shape.hiddenSize()];
    }

    /**
     * Runs all steps from the state in entry 0.
     *
     * @param steps of each sequence, [B]
     */
    void forward(ReferenceInput input, Recurrent parameters, int[] steps) {
        lengths = steps;
        double[] fromInput = new double[gateRows];
        double[] fromState = new double[gateRows];
        double[] own = parameters.ownValues();
        for (int k = 0; k < kept.length; k++) {
            int t = step(k);
            for (int b = 0; b < kept[k].length; b++) {
                if (t < lengths[b]) {
                    input.product(t, b, fromInput);
                    ReferenceMatrix.affine(parameters.weight(), parameters.bias(), h[k][b], fromState);
                    cell.forward(fromInput, fromState, sequence(k, b, own));
                } else {
                    System.arraycopy(h[k][b], 0, h[k + 1][b], 0, h[k][b].length);
                    System.arraycopy(c[k][b], 0, c[k + 1][b], 0, c[k][b].length);
                }
            }
        }
    }

    /** Puts every h after its step into {@code out} [T][B][..], its first unit at {@code from}. */
    void output(double[][][] out, int from) {
        for (int k = 0; k < kept.length; k++) {
            int t = step(k);
            for (int b = 0; b < kept[k].length; b++) {
                if (t < lengths[b]) {
                    System.arraycopy(h[k + 1][b], 0, out[t][b], from, h[k + 1][b].length);
                }
            }
        }
    }

    /**
     * Goes back through all steps.
     *
     * @param dOutput gradient by what {@link #output} gives [T][B][..], from the layer above
     * @param from its first unit of this direction
     */
    void backward(ReferenceInput input, Recurrent parameters, double[][][] dOutput, int from, Recurrent gradients) {
        int hiddenSize = h[0][0].length;
        double[] own = parameters.ownValues();
        double[] dOwn = new double[own.length];
        for (int b = 0; b < h[0].length; b++) {
            double[] dh = new double[hiddenSize];
            double[] dc = new double[hiddenSize];
            for (int k = kept.length - 1; k >= 0; k--) {
                int t = step(k);
                if (t >= lengths[b]) {
                    continue;
                }
                for (int j = 0; j < hiddenSize; j++) {
                    dh[j] += dOutput[t][b][from + j];
                }
                ReferenceCell.Gradients step = new ReferenceCell.Gradients(
                        dh,
                        dc,
                        new double[gateRows],
                        new double[gateRows],
                        new double[hiddenSize],
                        new double[hiddenSize],
                        dOwn);
                cell.backward(sequence(k, b, own), step);
                input.gradient(t, b, step.dInput());
                ReferenceMatrix.affineGradient(
                        parameters.weight(),
                        h[k][b],
                        step.dRecurrent(),
                        step.dhBefore(),
                        gradients.weight(),
                        gradients.bias());
                dh = step.dhBefore();
                dc = step.dcBefore();
            }
        }
        gradients.addOwn(dOwn);
    }

    /** The step that is read as number {@code k}. */
    private int step(int k) {
        return reverse ? kept.length - 1 - k : k;
    }

    private ReferenceCell.Sequence sequence(int k, int b, double[] own) {
        return new ReferenceCell.Sequence(h[k][b], c[k][b], h[k + 1][b], c[k + 1][b], kept[k][b], own);
    }
}
