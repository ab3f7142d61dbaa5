package lstmgpu.backend.reference;

import java.util.function.DoubleUnaryOperator;

/**
 * h' = φ(a_x + a_h).
 *
 * @param slope φ' in terms of φ's value
 */
record ReferenceElman(DoubleUnaryOperator activation, DoubleUnaryOperator slope) implements ReferenceCell {
    static ReferenceElman tanh() {
        return new ReferenceElman(Math::tanh, h -> 1 - h * h);
    }

    static ReferenceElman relu() {
        return new ReferenceElman(a -> Math.max(0, a), h -> h > 0 ? 1 : 0);
    }

    @Override
    public void forward(double[] input, double[] recurrent, Sequence sequence) {
        for (int j = 0; j < sequence.h().length; j++) {
            sequence.h()[j] = activation.applyAsDouble(input[j] + recurrent[j]);
        }
    }

    @Override
    public void backward(Sequence sequence, Gradients gradients) {
        for (int j = 0; j < sequence.h().length; j++) {
            double da = gradients.dh()[j] * slope.applyAsDouble(sequence.h()[j]);
            gradients.dInput()[j] = da;
            gradients.dRecurrent()[j] = da;
            gradients.dhBefore()[j] = 0;
            gradients.dcBefore()[j] = 0;
        }
    }
}
