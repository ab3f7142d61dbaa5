package lstmgpu.backend.reference;

import java.util.Arrays;

/**
 * a = g_x·norm(x) + b_x + g_h·norm(r) + b_h for x = W_ih·x and r = W_hh·h; c' = σ(f)·c + σ(i)·tanh(g); h' =
 * σ(o)·tanh(g_c·norm(c') + b_c). Own weights: g_x, g_h, b_x, b_h, [4H] each, and g_c, b_c, [H] each. Keeps x and r.
 */
final class ReferenceLayerNormLstm implements ReferenceCell {
    private static final double EPSILON = 1e-5;

    @Override
    public void forward(double[] input, double[] recurrent, Sequence sequence) {
        System.arraycopy(input, 0, sequence.kept(), 0, input.length);
        System.arraycopy(recurrent, 0, sequence.kept(), input.length, recurrent.length);
        int hidden = sequence.h().length;
        double[] gates = gates(sequence);
        for (int j = 0; j < hidden; j++) {
            sequence.c()[j] = gates[hidden + j] * sequence.cBefore()[j] + gates[j] * gates[2 * hidden + j];
        }
        double[] shown = shown(sequence);
        for (int j = 0; j < hidden; j++) {
            sequence.h()[j] = gates[3 * hidden + j] * shown[j];
        }
    }

    /** The activated gates i, f, g, o, from what is kept. */
    private static double[] gates(Sequence sequence) {
        int rows = sequence.kept().length / 2;
        double[] own = sequence.own();
        double[] x = new Norm(sequence.kept(), 0, rows).values();
        double[] r = new Norm(sequence.kept(), rows, rows).values();
        double[] gates = new double[rows];
        for (int row = 0; row < rows; row++) {
            double a = own[row] * x[row] + own[rows + row] * r[row] + own[2 * rows + row] + own[3 * rows + row];
            gates[row] = row / (rows / 4) == 2 ? Math.tanh(a) : ReferenceCell.sigmoid(a);
        }
        return gates;
    }

    /** tanh(g_c·norm(c) + b_c). */
    private static double[] shown(Sequence sequence) {
        int hidden = sequence.h().length;
        double[] normed = new Norm(sequence.c(), 0, hidden).values();
        for (int j = 0; j < hidden; j++) {
            normed[j] = Math.tanh(sequence.own()[16 * hidden + j] * normed[j] + sequence.own()[17 * hidden + j]);
        }
        return normed;
    }

    @Override
    public void backward(Sequence sequence, Gradients gradients) {
        int hidden = sequence.h().length;
        double[] gates = gates(sequence);
        double[] shown = shown(sequence);
        Norm cell = new Norm(sequence.c(), 0, hidden);
        double[] da = new double[4 * hidden];
        double[] dNorm = new double[hidden];
        for (int j = 0; j < hidden; j++) {
            double o = gates[3 * hidden + j];
            double slope = gradients.dh()[j] * o * (1 - shown[j] * shown[j]);
            da[3 * hidden + j] = gradients.dh()[j] * shown[j] * o * (1 - o);
            gradients.dOwn()[16 * hidden + j] += slope * cell.values()[j];
            gradients.dOwn()[17 * hidden + j] += slope;
            dNorm[j] = slope * sequence.own()[16 * hidden + j];
        }
        double[] dc = cell.gradient(dNorm);
        for (int j = 0; j < hidden; j++) {
            double i = gates[j];
            double f = gates[hidden + j];
            double g = gates[2 * hidden + j];
            double total = dc[j] + gradients.dc()[j];
            da[j] = total * g * i * (1 - i);
            da[hidden + j] = total * sequence.cBefore()[j] * f * (1 - f);
            da[2 * hidden + j] = total * i * (1 - g * g);
            gradients.dcBefore()[j] = total * f;
            gradients.dhBefore()[j] = 0;
        }
        side(0, sequence, da, gradients.dOwn(), gradients.dInput());
        side(1, sequence, da, gradients.dOwn(), gradients.dRecurrent());
    }

    /** From the gradients by the gates' pre-activations to those by one of the products. */
    private static void side(int number, Sequence sequence, double[] da, double[] dOwn, double[] dProduct) {
        int rows = da.length;
        Norm norm = new Norm(sequence.kept(), number * rows, rows);
        double[] dNorm = new double[rows];
        for (int row = 0; row < rows; row++) {
            dOwn[number * rows + row] += da[row] * norm.values()[row];
            dOwn[(2 + number) * rows + row] += da[row];
            dNorm[row] = da[row] * sequence.own()[number * rows + row];
        }
        System.arraycopy(norm.gradient(dNorm), 0, dProduct, 0, rows);
    }

    /** (v − mean(v))/√(var(v) + ε) and its derivative, the sums as they are written. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Norm(double[] values, double deviation) {
        Norm(double[] from, int first, int count) {
            this(Arrays.copyOfRange(from, first, first + count), deviation(from, first, count));
            double mean = mean(values);
            for (int k = 0; k < count; k++) {
                values[k] = (values[k] - mean) / deviation;
            }
        }

        private static double mean(double[] values) {
            return Arrays.stream(values).sum() / values.length;
        }

        private static double deviation(double[] from, int first, int count) {
            double[] values = Arrays.copyOfRange(from, first, first + count);
            double mean = mean(values);
            return Math.sqrt(
                    Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / count + EPSILON);
        }

        /** dv_k = (d_k − Σ_l d_l/n − v̂_k·Σ_l d_l·v̂_l/n)/deviation. */
        double[] gradient(double[] d) {
            double along = 0;
            for (int k = 0; k < d.length; k++) {
                along += d[k] * values[k] / d.length;
            }
            double mean = mean(d);
            double[] result = new double[d.length];
            for (int k = 0; k < d.length; k++) {
                result[k] = (d[k] - mean - values[k] * along) / deviation;
            }
            return result;
        }
    }
}
