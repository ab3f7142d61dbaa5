package lstmgpu.backend.reference;

/** n = tanh(a_x + r·a_h); h' = (1 − z)·n + z·h. */
final class ReferenceGru implements ReferenceCell {
    @Override
    public void forward(double[] input, double[] recurrent, Sequence sequence) {
        int hidden = sequence.h().length;
        for (int j = 0; j < hidden; j++) {
            double r = ReferenceCell.sigmoid(input[j] + recurrent[j]);
            double z = ReferenceCell.sigmoid(input[hidden + j] + recurrent[hidden + j]);
            double n = Math.tanh(input[2 * hidden + j] + r * recurrent[2 * hidden + j]);
            sequence.h()[j] = (1 - z) * n + z * sequence.hBefore()[j];
            sequence.kept()[j] = r;
            sequence.kept()[hidden + j] = z;
            sequence.kept()[2 * hidden + j] = n;
            sequence.kept()[3 * hidden + j] = recurrent[2 * hidden + j];
        }
    }

    @Override
    public void backward(Sequence sequence, Gradients gradients) {
        int hidden = sequence.h().length;
        for (int j = 0; j < hidden; j++) {
            double r = sequence.kept()[j];
            double z = sequence.kept()[hidden + j];
            double n = sequence.kept()[2 * hidden + j];
            double recurrentN = sequence.kept()[3 * hidden + j];
            double dh = gradients.dh()[j];
            double dn = dh * (1 - z) * (1 - n * n);
            double dr = dn * recurrentN * r * (1 - r);
            double dz = dh * (sequence.hBefore()[j] - n) * z * (1 - z);
            gradients.dInput()[j] = dr;
            gradients.dInput()[hidden + j] = dz;
            gradients.dInput()[2 * hidden + j] = dn;
            gradients.dRecurrent()[j] = dr;
            gradients.dRecurrent()[hidden + j] = dz;
            gradients.dRecurrent()[2 * hidden + j] = dn * r;
            gradients.dhBefore()[j] = dh * z;
            gradients.dcBefore()[j] = 0;
        }
    }
}
