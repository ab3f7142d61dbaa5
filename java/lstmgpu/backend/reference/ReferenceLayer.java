package lstmgpu.backend.reference;

import java.util.Arrays;
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
     * @param weight W_hh [G·H,R]
     * @param bias b_hh [G·H]; null where it is one of the cell's own
     * @param projection W_hr [P,H]; null where the cell's h is shown as it is
     * @param own what the cell has beside, tensor by tensor
     */
    record Recurrent(
            ReferenceBuffer weight, ReferenceBuffer bias, ReferenceBuffer projection, List<ReferenceBuffer> own) {
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
    private final ReferenceZoneout zoneout;
    private final boolean reverse;
    private final int gateRows;

    /** States [T+1][B][R] and [T+1][B][H] in the order of reading; entry 0 is the initial one. */
    final double[][][] h;

    final double[][][] c;

    /** What a projection reads, the cell's own h [T][B][H]; null without one. */
    private final double[][][] unprojected;

    /** What the cell made of h and c [T][B][H]: the states themselves where no unit keeps what it had. */
    private final double[][][] madeH;

    private final double[][][] madeC;
    private final double[][][] kept;

    /** Steps of each sequence in the last forward, [B]. */
    private int[] lengths;

    /**
     * @param zoneout null where no unit keeps what it had
     * @param reverse whether it reads the last step first
     */
    ReferenceLayer(ReferenceCell cell, RnnSpec spec, ReferenceZoneout zoneout, boolean reverse) {
        RnnShape shape = spec.shape();
        this.cell = cell;
        this.zoneout = zoneout;
        this.reverse = reverse;
        this.gateRows = shape.gateRows();
        this.h = new double[spec.steps() + 1][spec.batch()][shape.shownSize()];
        this.c = new double[spec.steps() + 1][spec.batch()][shape.hiddenSize()];
        this.unprojected = shape.projects() ? new double[spec.steps()][spec.batch()][shape.hiddenSize()] : null;
        this.madeH = made(h, spec);
        this.madeC = made(c, spec);
        this.kept = new double[spec.steps()][spec.batch()][shape.cell().kept() * shape.hiddenSize()];
    }

    /**
     * What a plan and its last forward hold: y, the states, what cells keep and made, what entered each layer, its
     * masks.
     */
    static long bytes(RnnSpec spec) {
        RnnShape shape = spec.shape();
        int kept = shape.cell().kept()
                + (shape.projects() ? 1 : 0)
                + (spec.zoneout().acts() ? 2 : 0);
        long units = (long) shape.directions() * shape.hiddenSize();
        long shown = shape.outputSize();
        long steps = spec.steps();
        long values = steps * shown;
        for (int layer = 0; layer < shape.layers(); layer++) {
            values += (units + shown) * (steps + 2) + steps * (kept * units + shape.inputOf(layer));
        }
        return Math.multiplyExact(values * spec.batch(), Double.BYTES);
    }

    private double[][][] made(double[][][] states, RnnSpec spec) {
        return zoneout == null
                ? Arrays.copyOfRange(states, 1, states.length)
                : new double[spec.steps()][spec.batch()][spec.shape().hiddenSize()];
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
                    if (unprojected != null) {
                        ReferenceMatrix.affine(parameters.projection(), null, unprojected[k][b], h[k + 1][b]);
                    }
                    if (zoneout != null) {
                        zoneout.forward(true, read(k, b), b, h[k][b], madeH[k][b], h[k + 1][b]);
                        zoneout.forward(false, read(k, b), b, c[k][b], madeC[k][b], c[k + 1][b]);
                    }
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
        int hiddenSize = c[0][0].length;
        double[] own = parameters.ownValues();
        double[] dOwn = new double[own.length];
        for (int b = 0; b < h[0].length; b++) {
            double[] dh = new double[h[0][b].length];
            double[] dc = new double[hiddenSize];
            for (int k = kept.length - 1; k >= 0; k--) {
                int t = step(k);
                if (t >= lengths[b]) {
                    continue;
                }
                for (int j = 0; j < dh.length; j++) {
                    dh[j] += dOutput[t][b][from + j];
                }
                double[] dhKept = zoneout == null ? new double[dh.length] : zoneout.backward(true, read(k, b), b, dh);
                double[] dcKept = zoneout == null ? new double[hiddenSize] : zoneout.backward(false, read(k, b), b, dc);
                ReferenceCell.Gradients step = new ReferenceCell.Gradients(
                        unprojected == null ? dh : dUnprojected(k, b, dh, parameters, gradients),
                        dc,
                        new double[gateRows],
                        new double[gateRows],
                        new double[hiddenSize],
                        new double[hiddenSize],
                        dOwn);
                cell.backward(sequence(k, b, own), step);
                input.gradient(t, b, step.dInput());
                // What a cell leaves there is nothing where h is projected: c alone goes from step to step beside W_hh.
                double[] dhBefore = unprojected == null ? step.dhBefore() : new double[dh.length];
                ReferenceMatrix.affineGradient(
                        parameters.weight(),
                        h[k][b],
                        step.dRecurrent(),
                        dhBefore,
                        gradients.weight(),
                        gradients.bias());
                dh = ReferenceArrays.sum(dhBefore, dhKept);
                dc = ReferenceArrays.sum(step.dcBefore(), dcKept);
            }
        }
        gradients.addOwn(dOwn);
    }

    /** The gradient by what was projected; adds that of W_hr. */
    private double[] dUnprojected(int k, int b, double[] dh, Recurrent parameters, Recurrent gradients) {
        double[] own = unprojected[k][b];
        double[] dOwn = new double[own.length];
        ReferenceMatrix.affineGradient(parameters.projection(), own, dh, dOwn, gradients.projection(), null);
        return dOwn;
    }

    /** The step that is read as number {@code k}. */
    private int step(int k) {
        return reverse ? kept.length - 1 - k : k;
    }

    /** How many of its steps a sequence has been read for before step number {@code k}; padding is none of them. */
    private int read(int k, int b) {
        return reverse ? k - (kept.length - lengths[b]) : k;
    }

    private ReferenceCell.Sequence sequence(int k, int b, double[] own) {
        double[] shown = unprojected == null ? madeH[k][b] : unprojected[k][b];
        return new ReferenceCell.Sequence(h[k][b], c[k][b], shown, madeC[k][b], kept[k][b], own);
    }
}
