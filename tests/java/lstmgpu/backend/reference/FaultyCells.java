package lstmgpu.backend.reference;

import java.util.Arrays;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ParameterLayout;

/** Cells with one mistake each. */
final class FaultyCells {
    private FaultyCells() {}

    /** Takes one gate for another, forward and backward alike. */
    record SwappedGates(ReferenceCell right, int one, int other) implements ReferenceCell {
        @Override
        public void forward(double[] input, double[] recurrent, Sequence sequence) {
            int hidden = sequence.h().length;
            right.forward(swapped(input, hidden), swapped(recurrent, hidden), sequence);
        }

        @Override
        public void backward(Sequence sequence, Gradients gradients) {
            int hidden = sequence.h().length;
            right.backward(sequence, gradients);
            int gateRows = gradients.dInput().length;
            System.arraycopy(swapped(gradients.dInput(), hidden), 0, gradients.dInput(), 0, gateRows);
            System.arraycopy(swapped(gradients.dRecurrent(), hidden), 0, gradients.dRecurrent(), 0, gateRows);
        }

        private double[] swapped(double[] gates, int hidden) {
            double[] result = gates.clone();
            System.arraycopy(gates, one * hidden, result, other * hidden, hidden);
            System.arraycopy(gates, other * hidden, result, one * hidden, hidden);
            return result;
        }
    }

    /** Has 1 − σ(a) where a gate is σ(a), forward and backward alike. */
    record TurnedGate(ReferenceCell right, int gate) implements ReferenceCell {
        @Override
        public void forward(double[] input, double[] recurrent, Sequence sequence) {
            int hidden = sequence.h().length;
            right.forward(turned(input, hidden), turned(recurrent, hidden), sequence);
        }

        @Override
        public void backward(Sequence sequence, Gradients gradients) {
            int hidden = sequence.h().length;
            right.backward(sequence, gradients);
            for (double[] slopes : new double[][] {gradients.dInput(), gradients.dRecurrent()}) {
                System.arraycopy(turned(slopes, hidden), 0, slopes, 0, slopes.length);
            }
        }

        private double[] turned(double[] gates, int hidden) {
            double[] result = gates.clone();
            for (int j = gate * hidden; j < (gate + 1) * hidden; j++) {
                result[j] = -result[j];
            }
            return result;
        }
    }

    /** o sees the c before the step, or i and f the one after an LSTM's step, forward only. */
    record OtherPeephole(ReferenceCell right, boolean ofOutput) implements ReferenceCell {
        @Override
        public void forward(double[] input, double[] recurrent, Sequence sequence) {
            int hidden = sequence.h().length;
            double[] p = sequence.own();
            right.forward(input, recurrent, sequence);
            double[] shifted = input.clone();
            for (int j = 0; j < hidden; j++) {
                double difference = sequence.cBefore()[j] - sequence.c()[j];
                if (ofOutput) {
                    shifted[3 * hidden + j] += p[2 * hidden + j] * difference;
                } else {
                    shifted[j] -= p[j] * difference;
                    shifted[hidden + j] -= p[hidden + j] * difference;
                }
            }
            right.forward(shifted, recurrent, sequence);
        }

        @Override
        public void backward(Sequence sequence, Gradients gradients) {
            right.backward(sequence, gradients);
        }
    }

    /** A normalised LSTM that carries the normalised c, or normalises each gate by itself. */
    record OtherNorm(ReferenceCell right, Mistake mistake) implements ReferenceCell {
        enum Mistake {
            NORMALISED_C_CARRIED,
            EACH_GATE_BY_ITSELF
        }

        @Override
        public void forward(double[] input, double[] recurrent, Sequence sequence) {
            int hidden = sequence.h().length;
            if (mistake == Mistake.EACH_GATE_BY_ITSELF) {
                right.forward(normedByGate(input, hidden), normedByGate(recurrent, hidden), sequence);
                return;
            }
            right.forward(input, recurrent, sequence);
            if (mistake == Mistake.NORMALISED_C_CARRIED) {
                normalise(sequence.c(), 0, hidden);
            }
        }

        private static double[] normedByGate(double[] values, int hidden) {
            double[] normed = values.clone();
            for (int gate = 0; gate < 4; gate++) {
                normalise(normed, gate * hidden, hidden);
            }
            return normed;
        }

        private static void normalise(double[] values, int from, int count) {
            double mean = Arrays.stream(values, from, from + count).average().orElseThrow();
            double squares = Arrays.stream(values, from, from + count)
                    .map(v -> (v - mean) * (v - mean))
                    .sum();
            double deviation = Math.sqrt(squares / count + 1e-5);
            for (int i = from; i < from + count; i++) {
                values[i] = (values[i] - mean) / deviation;
            }
        }

        @Override
        public void backward(Sequence sequence, Gradients gradients) {
            right.backward(sequence, gradients);
        }
    }

    /** Lets no gradient through the cell state to the step before. */
    record DroppedCellGradient(ReferenceCell right) implements ReferenceCell {
        @Override
        public void forward(double[] input, double[] recurrent, Sequence sequence) {
            right.forward(input, recurrent, sequence);
        }

        @Override
        public void backward(Sequence sequence, Gradients gradients) {
            right.backward(sequence, gradients);
            Arrays.fill(gradients.dcBefore(), 0);
        }
    }

    /**
     * GRU as Cho's first version has it: n = tanh(W_in·x + b_in + W_hn·(r·h) + b_hn). One layer
     * only.
     */
    static final class ResetBeforeProduct implements ReferenceCell {
        private final ReferenceCell right = ReferenceCell.of(Cell.GRU);
        private ReferenceBuffer weight;
        private ReferenceBuffer bias;

        void use(ReferenceBuffer parameters, ParameterLayout layout) {
            ParameterLayout.Slot matrix = layout.slot("weight_hh_l0");
            ParameterLayout.Slot vector = layout.slot("bias_hh_l0");
            weight = parameters.slice(matrix.offset(), matrix.length());
            bias = parameters.slice(vector.offset(), vector.length());
        }

        @Override
        public void forward(double[] input, double[] recurrent, Sequence sequence) {
            right.forward(input, recurrent, sequence);
            int hidden = sequence.h().length;
            double[] resetState = new double[hidden];
            for (int j = 0; j < hidden; j++) {
                resetState[j] = sequence.kept()[j] * sequence.hBefore()[j];
            }
            double[] products = new double[3 * hidden];
            ReferenceMatrix.affine(weight, bias, resetState, products);
            for (int j = 0; j < hidden; j++) {
                double z = sequence.kept()[hidden + j];
                double n = Math.tanh(input[2 * hidden + j] + products[2 * hidden + j]);
                sequence.h()[j] = (1 - z) * n + z * sequence.hBefore()[j];
            }
        }

        @Override
        public void backward(Sequence sequence, Gradients gradients) {
            right.backward(sequence, gradients);
        }
    }
}
