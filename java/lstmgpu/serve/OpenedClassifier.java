package lstmgpu.serve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.table.Row;
import lstmgpu.models.Classifiers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.classify.Classifier;
import lstmgpu.task.classify.Document;
import lstmgpu.task.classify.EncodedDocuments;
import lstmgpu.task.classify.Predictions;

/** A model that tells the class of texts. */
final class OpenedClassifier extends OpenedNetwork {
    private static final Path TEXTS = Path.of("texts");

    private final Classifier classifier;
    private final Tokenizer tokenizer;

    private OpenedClassifier(ModelDirectory directory, Device device, Classifier classifier, Tokenizer tokenizer) {
        super(directory, device);
        this.classifier = classifier;
        this.tokenizer = tokenizer;
    }

    static OpenedClassifier open(ModelDirectory directory, Device device) {
        return new OpenedClassifier(directory, device, Classifiers.classifier(directory), directory.inputTokenizer());
    }

    @Override
    public String use() {
        return "tells the classes of texts: POST /classify";
    }

    List<String> labels() {
        return classifier.labels().names();
    }

    /** [texts][classes], each adding up to 1. */
    double[][] classify(List<String> texts, Stopping.Limit limit) {
        List<Document> documents = new ArrayList<>();
        for (String text : texts) {
            Row row = new Row(TEXTS, documents.size() + 1L, List.of());
            if (text.isBlank()) {
                throw row.unfit("the text is empty; leave it out");
            }
            documents.add(new Document(row, text, null));
        }
        EncodedDocuments encoded = Classifiers.encoded(documents, classifier, tokenizer, null, "texts", _ -> {});
        return call(() -> Predictions.of(network(), encoded, Classifiers.BATCH), limit);
    }
}
