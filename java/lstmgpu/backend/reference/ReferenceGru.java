package lstmgpu.backend.reference;

/** n = tanh(a_x + r·a_h); h' = (1 − z)·n + z·h. */
final class ReferenceGru implements ReferenceCell {
    @Override
    public void forward(double[] input, double[] recurrent, Lane lane) {
        int hidden = lane.h().length;
        for (int j = 0; j < hidden; j++) {
            double r = ReferenceCell.sigmoid(input[j] + recurrent[j]);
            double z = ReferenceCell.sigmoid(input[hidden + j] + recurrent[hidden + j]);
            double n = Math.tanh(input[2 * hidden + j] + r * recurrent[2 * hidden + j]);
            lane.h()[j] = (1 - z) * n + z * lane.hBefore()[j];
            lane.kept()[j] = r;
            lane.kept()[hidden + j] = z;
            lane.kept()[2 * hidden + j] = n;
            lane.kept()[3 * hidden + j] = recurrent[2 * hidden + j];
        }
    }

    @Override
    public void backward(Lane lane, Gradients gradients) {
        int hidden = lane.h().length;
        for (int j = 0; j < hidden; j++) {
            double r = lane.kept()[j];
            double z = lane.kept()[hidden + j];
            double n = lane.kept()[2 * hidden + j];
            double recurrentN = lane.kept()[3 * hidden + j];
            double dh = gradients.dh()[j];
            double dn = dh * (1 - z) * (1 - n * n);
            double dr = dn * recurrentN * r * (1 - r);
            double dz = dh * (lane.hBefore()[j] - n) * z * (1 - z);
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
