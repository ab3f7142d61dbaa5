package lstmgpu.backend.reference;

import java.util.Arrays;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnSpec;

/** Where a layer's a_x = W_ih·x + b_ih comes from. */
interface ReferenceInput {
    /** a_x of sequence {@code b} in step {@code t}. */
    void product(int t, int b, double[] out);

    /** Takes the gradient by a_x of sequence {@code b} in step {@code t} further down. */
    void gradient(int t, int b, double[] dProduct);

    /** The steps of every sequence, all T where the input brings no lengths. */
    static int[] lengths(ReferenceMemory memory, RnnSpec spec, RnnInput input) {
        int[] lengths = new int[spec.batch()];
        Arrays.fill(lengths, spec.steps());
        if (input.lengths() != null) {
            memory.read(input.lengths(), lengths);
        }
        for (int length : lengths) {
            if (length < 1 || length > spec.steps()) {
                throw new IllegalArgumentException(
                        "a sequence has %d steps of the %d there are".formatted(length, spec.steps()));
            }
        }
        return lengths;
    }

    /**
     * The product itself.
     *
     * @param x [T][B][I]
     * @param dx [T][B][I], added to; null in a forward pass, as are the gradients' buffers
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Dense(
            double[][][] x,
            ReferenceBuffer weight,
            ReferenceBuffer bias,
            double[][][] dx,
            ReferenceBuffer dWeight,
            ReferenceBuffer dBias)
            implements ReferenceInput {
        @Override
        public void product(int t, int b, double[] out) {
            ReferenceMatrix.affine(weight, bias, x[t][b], out);
        }

        @Override
        public void gradient(int t, int b, double[] dProduct) {
            ReferenceMatrix.affineGradient(weight, x[t][b], dProduct, dx[t][b], dWeight, dBias);
        }
    }

    /**
     * Rows of a table that holds the products.
     *
     * @param dTable null in a forward pass
     */
    record Table(ReferenceBuffer table, ReferenceBuffer tokens, int vocabulary, int batch, ReferenceBuffer dTable)
            implements ReferenceInput {
        @Override
        public void product(int t, int b, double[] out) {
            int row = ReferenceEmbedding.token(tokens, t * batch + b, vocabulary);
            for (int k = 0; k < out.length; k++) {
                out[k] = table.get(row * out.length + k);
            }
        }

        @Override
        public void gradient(int t, int b, double[] dProduct) {
            int row = ReferenceEmbedding.token(tokens, t * batch + b, vocabulary);
            for (int k = 0; k < dProduct.length; k++) {
                dTable.add(row * dProduct.length + k, dProduct[k]);
            }
        }
    }
}
