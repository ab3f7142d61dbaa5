package lstmgpu.backend.reference;

/** c' = (1 − σ(i))·c + σ(i)·tanh(g); h' = σ(o)·tanh(c'). */
final class ReferenceCoupledLstm implements ReferenceCell {
    @Override
    public void forward(double[] input, double[] recurrent, Sequence sequence) {
        int hidden = sequence.h().length;
        for (int j = 0; j < hidden; j++) {
            double i = ReferenceCell.sigmoid(input[j] + recurrent[j]);
            double g = Math.tanh(input[hidden + j] + recurrent[hidden + j]);
            double o = ReferenceCell.sigmoid(input[2 * hidden + j] + recurrent[2 * hidden + j]);
            double f = 1 - i;
            sequence.c()[j] = f * sequence.cBefore()[j] + i * g;
            sequence.h()[j] = o * Math.tanh(sequence.c()[j]);
            sequence.kept()[j] = i;
            sequence.kept()[hidden + j] = g;
            sequence.kept()[2 * hidden + j] = o;
        }
    }

    @Override
    public void backward(Sequence sequence, Gradients gradients) {
        int hidden = sequence.h().length;
        for (int j = 0; j < hidden; j++) {
            double i = sequence.kept()[j];
            double g = sequence.kept()[hidden + j];
            double o = sequence.kept()[2 * hidden + j];
            double tanhC = Math.tanh(sequence.c()[j]);
            double dh = gradients.dh()[j];
            double dc = gradients.dc()[j] + dh * o * (1 - tanhC * tanhC);
            double df = dc * sequence.cBefore()[j];
            double di = dc * g - df;
            double[] slopes = {di * i * (1 - i), dc * i * (1 - g * g), dh * tanhC * o * (1 - o)};
            for (int gate = 0; gate < slopes.length; gate++) {
                gradients.dInput()[gate * hidden + j] = slopes[gate];
                gradients.dRecurrent()[gate * hidden + j] = slopes[gate];
            }
            gradients.dhBefore()[j] = 0;
            gradients.dcBefore()[j] = dc * (1 - i);
        }
    }
}
