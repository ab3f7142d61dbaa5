package lstmgpu.backend.reference;

/** c' = σ(f)·c + σ(i)·tanh(g); h' = σ(o)·tanh(c'). */
final class ReferenceLstm implements ReferenceCell {
    @Override
    public void forward(double[] input, double[] recurrent, Sequence sequence) {
        int hidden = sequence.h().length;
        for (int j = 0; j < hidden; j++) {
            double i = ReferenceCell.sigmoid(input[j] + recurrent[j]);
            double f = ReferenceCell.sigmoid(input[hidden + j] + recurrent[hidden + j]);
            double g = Math.tanh(input[2 * hidden + j] + recurrent[2 * hidden + j]);
            double o = ReferenceCell.sigmoid(input[3 * hidden + j] + recurrent[3 * hidden + j]);
            sequence.c()[j] = f * sequence.cBefore()[j] + i * g;
            sequence.h()[j] = o * Math.tanh(sequence.c()[j]);
            sequence.kept()[j] = i;
            sequence.kept()[hidden + j] = f;
            sequence.kept()[2 * hidden + j] = g;
            sequence.kept()[3 * hidden + j] = o;
        }
    }

    @Override
    public void backward(Sequence sequence, Gradients gradients) {
        int hidden = sequence.h().length;
        for (int j = 0; j < hidden; j++) {
            double i = sequence.kept()[j];
            double f = sequence.kept()[hidden + j];
            double g = sequence.kept()[2 * hidden + j];
            double o = sequence.kept()[3 * hidden + j];
            double tanhC = Math.tanh(sequence.c()[j]);
            double dh = gradients.dh()[j];
            double dc = gradients.dc()[j] + dh * o * (1 - tanhC * tanhC);
            double[] slopes = {
                dc * g * i * (1 - i),
                dc * sequence.cBefore()[j] * f * (1 - f),
                dc * i * (1 - g * g),
                dh * tanhC * o * (1 - o)
            };
            for (int gate = 0; gate < slopes.length; gate++) {
                gradients.dInput()[gate * hidden + j] = slopes[gate];
                gradients.dRecurrent()[gate * hidden + j] = slopes[gate];
            }
            gradients.dhBefore()[j] = 0;
            gradients.dcBefore()[j] = dc * f;
        }
    }
}
