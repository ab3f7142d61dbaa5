package lstmgpu.task.classify;

import lstmgpu.LstmGpuException;
import lstmgpu.network.Network;
import lstmgpu.network.Purpose;
import lstmgpu.network.SequenceSweep;

/** The probabilities of classes for documents. */
public final class Predictions {
    private Predictions() {}

    /**
     * @param sequences the most of a batch
     * @return [documents][classes], in the order of the documents, each adding up to 1
     * @throws LstmGpuException with exit code 3 if what the network gives is not finite
     */
    public static double[][] of(Network network, EncodedDocuments documents, int sequences) {
        int classes = network.config().head().size();
        double[][] probabilities = new double[documents.count()][];
        try (SequenceSweep sweep = documents.sweep(network, sequences, Purpose.PREDICT)) {
            float[] logits = new float[Math.multiplyExact(Math.min(sequences, documents.count()), classes)];
            sweep.run((pass, batch) -> {
                network.backend().download(pass.predictions(), logits);
                for (int b = 0; b < batch.length; b++) {
                    probabilities[batch[b]] = softmax(logits, b * classes, classes);
                }
            });
        }
        return probabilities;
    }

    private static double[] softmax(float[] logits, int from, int count) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, logits[from + i]);
        }
        double[] shares = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            shares[i] = Math.exp(logits[from + i] - largest);
            sum += shares[i];
        }
        if (!Double.isFinite(sum)) {
            throw LstmGpuException.data(
                    "the model's outputs are not finite; its weights are too large, train it again");
        }
        for (int i = 0; i < count; i++) {
            shares[i] /= sum;
        }
        return shares;
    }
}
