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
import lstmgpu.parallel.Peers;

/** How well a network tells the classes of documents. Classes count in the loss as they do in training. */
public final class DocumentEvaluation implements Evaluation {
    private static final int NUMBERS = 2;

    private final Backend backend;
    private final EncodedDocuments documents;
    private final Classifier classifier;
    private final SequenceSweep sweep;
    private final float[] losses;
    private final int[] best;
    private final Peers peers;
    private Confusion confusion;

    /** By this process alone. */
    public DocumentEvaluation(Network network, Classifier classifier, EncodedDocuments documents, int sequences) {
        this(network, classifier, documents, sequences, Peers.ALONE);
    }

    /**
     * @param sequences the most of a batch
     * @param peers who divide the batches
     */
    public DocumentEvaluation(
            Network network, Classifier classifier, EncodedDocuments documents, int sequences, Peers peers) {
        this.peers = peers;
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
        sweep.run(
                peers,
                NUMBERS,
                this::read,
                (document, found, from) -> add(sum, document, found[from], (int) found[from + 1]));
        double seconds = (System.nanoTime() - start) * 1e-9;
        Map<Metric, Double> measured =
                Map.of(Classification.ACCURACY, confusion.accuracy(), Classification.MACRO_F1, confusion.macroF1());
        return new EvaluationResult(sum.loss / sum.weight, documents.length(), seconds, measured);
    }

    /** [documents of the batch, loss and class] */
    private float[] read(Pass pass, int count) {
        backend.download(pass.losses(), losses);
        backend.download(pass.best(), best);
        float[] found = new float[count * NUMBERS];
        for (int i = 0; i < count; i++) {
            found[i * NUMBERS] = losses[i];
            found[i * NUMBERS + 1] = best[i];
        }
        return found;
    }

    private void add(Sum sum, int document, float loss, int told) {
        int actual = documents.classes()[document];
        float weight = classifier.weights().get(actual);
        sum.loss += (double) weight * loss;
        sum.weight += weight;
        confusion.add(actual, told);
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
