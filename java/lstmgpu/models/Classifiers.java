package lstmgpu.models;

import java.util.List;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.network.Measures;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Examiner;
import lstmgpu.task.TaskKind;
import lstmgpu.task.classify.Classification;
import lstmgpu.task.classify.Classifier;
import lstmgpu.task.classify.Document;
import lstmgpu.task.classify.DocumentColumns;
import lstmgpu.task.classify.DocumentEncoder;
import lstmgpu.task.classify.DocumentEvaluation;
import lstmgpu.task.classify.DocumentFiles;
import lstmgpu.task.classify.EncodedDocuments;
import lstmgpu.task.classify.Labels;

/** Models that tell the class of a text: their inputs are texts with labels. */
public final class Classifiers implements TaskKind {
    /** Texts that go through a network side by side where nothing is trained. */
    public static final int BATCH = 64;

    @Override
    public String name() {
        return Classification.NAME;
    }

    @Override
    public Measures measures(ModelDirectory directory) {
        return Classification.MEASURES;
    }

    @Override
    public Examiner examiner(ModelDirectory directory) {
        Classifier classifier = classifier(directory);
        Tokenizer tokenizer = directory.inputTokenizer();
        return (network, inputs, reading, peers) -> new DocumentEvaluation(
                network,
                classifier,
                encoded(
                        DocumentFiles.labelled(inputs, columns(classifier, reading)),
                        classifier,
                        tokenizer,
                        classifier.labels(),
                        InputFiles.describe(inputs),
                        reading.notice()),
                BATCH,
                peers);
    }

    private static DocumentColumns columns(Classifier classifier, Examiner.Reading reading) {
        DocumentColumns own = classifier.columns();
        return reading.column() == null ? own : new DocumentColumns(reading.column(), own.label());
    }

    /**
     * What lies beside the weights of a model that classifies.
     *
     * @throws LstmGpuException with exit code 3 if it has learnt something else
     */
    public static Classifier classifier(ModelDirectory directory) {
        if (!directory.task().equals(Classification.NAME)) {
            throw LstmGpuException.data(
                    "%s holds a model that has learnt '%s' and tells no classes; name one that lstm-gpu classify train"
                            + " has written",
                    directory.path(), directory.task());
        }
        return Classifier.read(directory);
    }

    /**
     * Documents as a model reads them; what is cut or unknown is said.
     *
     * @param labels null where the documents have none that matter
     * @param source what the documents are called in messages
     */
    public static EncodedDocuments encoded(
            List<Document> documents,
            Classifier classifier,
            Tokenizer tokenizer,
            Labels labels,
            String source,
            Consumer<String> notice) {
        DocumentEncoder encoder = new DocumentEncoder(tokenizer, classifier.maxLength());
        EncodedDocuments encoded = encoder.encode(documents, labels);
        if (!encoder.cut().isEmpty()) {
            notice.accept(encoder.cut());
        }
        Unknown.report(encoder.unknown(), encoder.unknownTotal(), source, notice);
        return encoded;
    }
}
