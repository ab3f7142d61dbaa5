package lstmgpu.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.data.table.Row;
import lstmgpu.models.Classifiers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.classify.Classification;
import lstmgpu.task.classify.Classifier;
import lstmgpu.task.classify.Document;
import lstmgpu.task.classify.DocumentEvaluation;
import lstmgpu.task.classify.DocumentFiles;
import lstmgpu.task.classify.EncodedDocuments;
import lstmgpu.task.classify.Labels;
import lstmgpu.task.classify.Predictions;

/**
 * A model that tells the class of a text.
 *
 * <p>Any thread may use it, as {@link Device} says.
 */
public final class ClassModel extends Model {
    private final Classifier classifier;
    private final Tokenizer tokenizer;

    /** Called in {@link Device#use}. */
    ClassModel(Device device, ModelDirectory directory, TrainingResult training) {
        super(device, directory, training);
        this.classifier = Classifiers.classifier(directory);
        this.tokenizer = directory.inputTokenizer();
    }

    /**
     * {@return how such a model is trained, with the program's defaults, to be changed: {@code
     * ClassModel.training().bidirectional(true).train(device, documents, folder)}}
     */
    public static ClassTraining training() {
        return new ClassTraining(Wishes.NONE, null);
    }

    /**
     * Loads a model.
     *
     * @param device on which it computes
     * @param folder that training has written, by this library or by the program lstm-gpu
     * @return the model
     * @throws LstmException as {@link Model#load}, and of kind DATA if the model has learnt something else
     */
    public static ClassModel load(Device device, Path folder) {
        Objects.requireNonNull(folder, "folder");
        return device.use(() -> {
            ModelDirectory directory = ModelDirectory.open(folder);
            Classifiers.classifier(directory); // refuses what has learnt something else
            return new ClassModel(device, directory, null);
        });
    }

    /** {@return the classes, in the order in which the model has them} */
    public List<String> labels() {
        return classifier.labels().names();
    }

    /**
     * Tells the class of a text, of which the model reads as many tokens as its training said.
     *
     * @param text of one token or more
     * @return its class, and how probable each one is
     * @throws LstmException of kind DATA if the vocabulary has no token for anything in it
     */
    public Prediction classify(String text) {
        return classify(List.of(text)).getFirst();
    }

    /**
     * Tells the classes of texts, which go through the network side by side.
     *
     * @param texts of one token or more each; there may be none
     * @return in the order of the texts
     * @throws LstmException as {@link #classify(String)}, naming the text's line, from 1
     */
    public List<Prediction> classify(List<String> texts) {
        List<Document> documents = new ArrayList<>();
        for (String text : texts) {
            documents.add(new Document(new Row(Path.of("texts"), documents.size() + 1L, List.of()), text, null));
        }
        return documents.isEmpty()
                ? List.of()
                : use(() -> {
                    EncodedDocuments encoded = encoded(documents, null, "the texts");
                    return Arrays.stream(Predictions.of(network(), encoded, Classifiers.BATCH))
                            .map(shares -> Prediction.of(labels(), shares))
                            .toList();
                });
    }

    /**
     * How well the model tells the classes of texts.
     *
     * @param documents whose labels are among {@link #labels}
     * @return loss, accuracy and macro_f1, and what is right and wrong of each class
     * @throws LstmException of kind DATA if they cannot be read or a label is another one
     */
    public ClassEvaluation evaluate(Documents documents) {
        Objects.requireNonNull(documents, "documents");
        return use(() -> documents.input().use(files -> {
            List<Document> read =
                    DocumentFiles.labelled(files, documents.where().columns(classifier.columns()));
            EncodedDocuments encoded = encoded(read, classifier.labels(), InputFiles.describe(files));
            try (DocumentEvaluation evaluation =
                    new DocumentEvaluation(network(), classifier, encoded, Classifiers.BATCH)) {
                Evaluation whole = Evaluation.of(evaluation.run(), Classification.MEASURES);
                return ClassEvaluation.of(whole, evaluation.confusion(), labels());
            }
        }));
    }

    private EncodedDocuments encoded(List<Document> documents, Labels labels, String source) {
        return Classifiers.encoded(documents, classifier, tokenizer, labels, source, Notices::say);
    }
}
