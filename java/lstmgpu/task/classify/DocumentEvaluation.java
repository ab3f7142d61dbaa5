package lstmgpu.task.classify;

import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.network.Evaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Metric;
import lstmgpu.network.Network;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;
import lstmgpu.network.SequenceSweep;

/** How well a network tells the classes of documents. Classes count in the loss as they do in training. */
public final class DocumentEvaluation implements Evaluation {
    private final Backend backend;
    private final EncodedDocuments documents;
    private final Classifier classifier;
    private final SequenceSweep sweep;
    private final float[] losses;
    private final int[] best;
    private Confusion confusion;

    /** @param sequences the most of a batch */
    public DocumentEvaluation(Network network, Classifier classifier, EncodedDocuments documents, int sequences) {
        this.backend = network.backend();
        this.documents = documents;
        this.classifier = classifier;
        this.sweep = documents.sweep(network, sequences, Purpose.JUDGE);
        this.losses = new float[Math.min(sequences, documents.count())];
        this.best = new int[losses.length];
        this.confusion = new Confusion(classifier.labels().size());
    }

    private static final class Sum {
        private double loss;
        private double weight;
    }

    @Override
    public EvaluationResult run() {
        long start = System.nanoTime();
        confusion = new Confusion(classifier.labels().size());
        Sum sum = new Sum();
        sweep.run((pass, batch) -> add(pass, sum, batch));
        double seconds = (System.nanoTime() - start) * 1e-9;
        Map<Metric, Double> measured =
                Map.of(Classification.ACCURACY, confusion.accuracy(), Classification.MACRO_F1, confusion.macroF1());
        return new EvaluationResult(sum.loss / sum.weight, documents.length(), seconds, measured);
    }

    private void add(Pass pass, Sum sum, int... batch) {
        backend.download(pass.losses(), losses);
        backend.download(pass.best(), best);
        for (int b = 0; b < batch.length; b++) {
            int actual = documents.classes()[batch[b]];
            float weight = classifier.weights().get(actual);
            sum.loss += (double) weight * losses[b];
            sum.weight += weight;
            confusion.add(actual, best[b]);
        }
    }

    /** Of the last {@link #run}. */
    public Confusion confusion() {
        return confusion;
    }

    @Override
    public void close() {
        sweep.close();
    }
}
