package lstmgpu.backend.reference;

/** Softmax and its cross-entropy. */
final class ReferenceSoftmax {
    private ReferenceSoftmax() {}

    static void crossEntropy(
            ReferenceBuffer logits,
            ReferenceBuffer targets,
            int vocabulary,
            double scale,
            double smoothing,
            ReferenceBuffer losses,
            ReferenceBuffer dLogits,
            ReferenceBuffer best) {
        double[] row = new double[vocabulary];
        for (int n = 0; n < targets.length(); n++) {
            if (targets.getInt(n) < 0) {
                losses.set(n, 0);
                if (best != null) {
                    best.setInt(n, 0);
                }
                continue;
            }
            for (int v = 0; v < vocabulary; v++) {
                row[v] = logits.get(n * vocabulary + v);
            }
            int target = ReferenceEmbedding.token(targets, n, vocabulary);
            double logSum = logSumExp(row);
            losses.set(n, logSum - row[target]);
            if (best != null) {
                best.setInt(n, indexOfLargest(row));
            }
            if (dLogits != null) {
                for (int v = 0; v < vocabulary; v++) {
                    double probability = Math.exp(row[v] - logSum);
                    double wanted = (v == target ? 1 - smoothing : 0) + smoothing / vocabulary;
                    dLogits.set(n * vocabulary + v, scale * (probability - wanted));
                }
            }
        }
    }

    /** log Σ exp, with the largest taken out so that nothing overflows. */
    static double logSumExp(double[] values) {
        double largest = values[indexOfLargest(values)];
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value - largest);
        }
        return largest + Math.log(sum);
    }

    /** The lowest index among equals. */
    static int indexOfLargest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }

    static double[] softmax(double[] logits) {
        double logSum = logSumExp(logits);
        double[] probabilities = new double[logits.length];
        for (int v = 0; v < logits.length; v++) {
            probabilities[v] = Math.exp(logits[v] - logSum);
        }
        return probabilities;
    }
}
