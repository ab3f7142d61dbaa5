package lstmgpu.backend.reference;

/** Softmax, its cross-entropy and sums over a buffer. */
final class ReferenceLoss {
    private ReferenceLoss() {}

    static void softmaxCrossEntropy(
            ReferenceBuffer logits,
            ReferenceBuffer targets,
            int vocabulary,
            double scale,
            ReferenceBuffer losses,
            ReferenceBuffer dLogits,
            ReferenceBuffer best) {
        double[] row = new double[vocabulary];
        for (int n = 0; n < targets.length(); n++) {
            for (int v = 0; v < vocabulary; v++) {
                row[v] = logits.get(n * vocabulary + v);
            }
            int target = ReferenceLayers.token(targets, n, vocabulary);
            double logSum = logSumExp(row);
            losses.set(n, logSum - row[target]);
            if (best != null) {
                best.setInt(n, indexOfLargest(row));
            }
            if (dLogits != null) {
                for (int v = 0; v < vocabulary; v++) {
                    double probability = Math.exp(row[v] - logSum);
                    dLogits.set(n * vocabulary + v, scale * (probability - (v == target ? 1 : 0)));
                }
            }
        }
    }

    static void squaredError(
            ReferenceBuffer prediction,
            ReferenceBuffer target,
            double scale,
            ReferenceBuffer losses,
            ReferenceBuffer dPrediction) {
        for (int i = 0; i < prediction.length(); i++) {
            double error = prediction.get(i) - target.get(i);
            losses.set(i, error * error);
            if (dPrediction != null) {
                dPrediction.set(i, 2 * scale * error);
            }
        }
    }

    /** log Σ exp, with the largest taken out so that nothing overflows. */
    private static double logSumExp(double[] values) {
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

    static double mean(ReferenceBuffer losses) {
        double sum = 0;
        for (int n = 0; n < losses.length(); n++) {
            sum += losses.get(n);
        }
        return sum / losses.length();
    }

    static double sumOfSquares(ReferenceBuffer x) {
        double sum = 0;
        for (int i = 0; i < x.length(); i++) {
            sum += x.get(i) * x.get(i);
        }
        return sum;
    }
}
