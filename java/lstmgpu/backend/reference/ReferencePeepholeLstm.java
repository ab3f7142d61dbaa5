package lstmgpu.backend.reference;

/** c' = σ(f + p_f·c)·c + σ(i + p_i·c)·tanh(g); h' = σ(o + p_o·c')·tanh(c'); p in the order i, f, o. */
final class ReferencePeepholeLstm implements ReferenceCell {
    @Override
    public void forward(double[] input, double[] recurrent, Sequence sequence) {
        int hidden = sequence.h().length;
        double[] p = sequence.own();
        for (int j = 0; j < hidden; j++) {
            double before = sequence.cBefore()[j];
            double i = ReferenceCell.sigmoid(input[j] + recurrent[j] + p[j] * before);
            double f = ReferenceCell.sigmoid(input[hidden + j] + recurrent[hidden + j] + p[hidden + j] * before);
            double g = Math.tanh(input[2 * hidden + j] + recurrent[2 * hidden + j]);
            double after = f * before + i * g;
            double o = ReferenceCell.sigmoid(
                    input[3 * hidden + j] + recurrent[3 * hidden + j] + p[2 * hidden + j] * after);
            sequence.c()[j] = after;
            sequence.h()[j] = o * Math.tanh(after);
            sequence.kept()[j] = i;
            sequence.kept()[hidden + j] = f;
            sequence.kept()[2 * hidden + j] = g;
            sequence.kept()[3 * hidden + j] = o;
        }
    }

    @Override
    public void backward(Sequence sequence, Gradients gradients) {
        int hidden = sequence.h().length;
        double[] p = sequence.own();
        for (int j = 0; j < hidden; j++) {
            double i = sequence.kept()[j];
            double f = sequence.kept()[hidden + j];
            double g = sequence.kept()[2 * hidden + j];
            double o = sequence.kept()[3 * hidden + j];
            double before = sequence.cBefore()[j];
            double after = sequence.c()[j];
            double tanhC = Math.tanh(after);
            double dh = gradients.dh()[j];
            double dOut = dh * tanhC * o * (1 - o);
            double dc = gradients.dc()[j] + dh * o * (1 - tanhC * tanhC) + dOut * p[2 * hidden + j];
            double dIn = dc * g * i * (1 - i);
            double dForget = dc * before * f * (1 - f);
            double[] slopes = {dIn, dForget, dc * i * (1 - g * g), dOut};
            for (int gate = 0; gate < slopes.length; gate++) {
                gradients.dInput()[gate * hidden + j] = slopes[gate];
                gradients.dRecurrent()[gate * hidden + j] = slopes[gate];
            }
            gradients.dhBefore()[j] = 0;
            gradients.dcBefore()[j] = dc * f + dIn * p[j] + dForget * p[hidden + j];
            gradients.dOwn()[j] += dIn * before;
            gradients.dOwn()[hidden + j] += dForget * before;
            gradients.dOwn()[2 * hidden + j] += dOut * after;
        }
    }
}
