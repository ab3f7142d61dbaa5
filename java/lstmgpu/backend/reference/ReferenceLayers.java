package lstmgpu.backend.reference;

/** Embedding, linear layer and dropout. */
final class ReferenceLayers {
    private ReferenceLayers() {}

    static void embed(ReferenceBuffer table, ReferenceBuffer tokens, int embeddingSize, ReferenceBuffer out) {
        for (int n = 0; n < tokens.length(); n++) {
            int row = token(tokens, n, (int) table.length() / embeddingSize);
            for (int e = 0; e < embeddingSize; e++) {
                out.set(n * embeddingSize + e, table.get(row * embeddingSize + e));
            }
        }
    }

    static void embedGrad(ReferenceBuffer dOut, ReferenceBuffer tokens, int embeddingSize, ReferenceBuffer dTable) {
        for (int n = 0; n < tokens.length(); n++) {
            int row = token(tokens, n, (int) dTable.length() / embeddingSize);
            for (int e = 0; e < embeddingSize; e++) {
                dTable.add(row * embeddingSize + e, dOut.get(n * embeddingSize + e));
            }
        }
    }

    /** The n-th token, once it is known to lie in [0, vocabulary). */
    static int token(ReferenceBuffer tokens, int n, int vocabulary) {
        int token = tokens.getInt(n);
        if (token < 0 || token >= vocabulary) {
            throw new IllegalArgumentException("token " + token + " is not in [0, " + vocabulary + ")");
        }
        return token;
    }

    static void linear(
            ReferenceBuffer x,
            ReferenceBuffer w,
            ReferenceBuffer b,
            int rows,
            int inputSize,
            int outputSize,
            ReferenceBuffer y) {
        for (int n = 0; n < rows; n++) {
            for (int o = 0; o < outputSize; o++) {
                double sum = b == null ? 0 : b.get(o);
                for (int i = 0; i < inputSize; i++) {
                    sum += x.get(n * inputSize + i) * w.get(o * inputSize + i);
                }
                y.set(n * outputSize + o, sum);
            }
        }
    }

    /** dx = dy·w, or dx += dy·w; nothing where dx is null. */
    static void linearInputGrad(
            ReferenceBuffer w,
            ReferenceBuffer dy,
            int rows,
            int inputSize,
            int outputSize,
            ReferenceBuffer dx,
            boolean addToDx) {
        if (dx == null) {
            return;
        }
        for (int n = 0; n < rows; n++) {
            for (int i = 0; i < inputSize; i++) {
                double sum = addToDx ? dx.get(n * inputSize + i) : 0;
                for (int o = 0; o < outputSize; o++) {
                    sum += dy.get(n * outputSize + o) * w.get(o * inputSize + i);
                }
                dx.set(n * inputSize + i, sum);
            }
        }
    }

    /** dw += dyᵀ·x; db += column sums of dy. */
    static void linearWeightGrad(
            ReferenceBuffer x,
            ReferenceBuffer dy,
            int rows,
            int inputSize,
            int outputSize,
            ReferenceBuffer dw,
            ReferenceBuffer db) {
        for (int n = 0; n < rows; n++) {
            for (int o = 0; o < outputSize; o++) {
                double slope = dy.get(n * outputSize + o);
                for (int i = 0; i < inputSize; i++) {
                    dw.add(o * inputSize + i, slope * x.get(n * inputSize + i));
                }
                if (db != null) {
                    db.add(o, slope);
                }
            }
        }
    }

    static void dropout(ReferenceBuffer x, double p, long seed, int stream, int step, ReferenceBuffer y) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout must lie in [0, 1), not " + p);
        }
        for (int i = 0; i < x.length(); i++) {
            y.set(i, x.get(i) * ReferenceRandom.dropoutFactor(p, seed, stream, step, i));
        }
    }
}
