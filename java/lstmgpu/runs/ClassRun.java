package lstmgpu.runs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.data.InputTexts;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import lstmgpu.data.input.InputFiles;
import lstmgpu.models.Classifiers;
import lstmgpu.models.Unknown;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.DataSource;
import lstmgpu.task.Task;
import lstmgpu.task.WordVectors;
import lstmgpu.task.classify.ClassWeights;
import lstmgpu.task.classify.Classification;
import lstmgpu.task.classify.Classifier;
import lstmgpu.task.classify.Document;
import lstmgpu.task.classify.DocumentColumns;
import lstmgpu.task.classify.DocumentEncoder;
import lstmgpu.task.classify.DocumentFiles;
import lstmgpu.task.classify.EncodedDocuments;
import lstmgpu.task.classify.Labels;
import lstmgpu.task.classify.StratifiedSplit;
import lstmgpu.train.TrainingSettings;

/** A run that trains a network which tells the class of a text. */
public final class ClassRun implements PreparedRun {
    /** Where nothing is said. */
    public static final StackChoice.Stack STACK = new StackChoice.Stack(128, 1, 0.2f);

    /** Where nothing is said. */
    public static final RunLength LENGTH = new RunLength(3000, 20);

    /** Texts of a step where nothing is said. */
    public static final int BATCH = 64;

    /** The learning rate where nothing is said. */
    public static final float RATE = 2e-3f;

    private static final String WORD = "word";

    private final List<Path> inputs;
    private final VocabularyChoice vocabulary;
    private final StackChoice stack;
    private final ClassChoice choice;
    private final TrainingChoice training;
    private final Consumer<String> notice;
    private final Model model;
    private final Classification task;
    private final TrainingSettings settings;
    private final String split;

    /**
     * Where texts and labels stand; null where nothing is said.
     *
     * @param text the name of a column or a field
     * @param label as text
     */
    public record Where(String text, String label) {
        /** With the rest as it is elsewhere. */
        public DocumentColumns columns(DocumentColumns otherwise) {
            return new DocumentColumns(
                    Objects.requireNonNullElse(text, otherwise.text()),
                    Objects.requireNonNullElse(label, otherwise.label()));
        }
    }

    /** The tokenizer, the labels and the network of a run. */
    private record Model(Tokenizer tokenizer, Classifier classifier, NetworkConfig config, WordVectors vectors) {}

    /** The documents of a run; those to judge by are null if there are none. */
    private record Parts(List<Document> training, List<Document> heldOut) {}

    /**
     * Reads the texts.
     *
     * @param notice hears what a person should know of them
     * @throws LstmGpuException with exit code 2 if choices contradict each other or an earlier model, 3 if the texts
     *     cannot be read or are too few
     */
    public ClassRun(
            List<Path> inputs,
            Where where,
            VocabularyChoice vocabulary,
            StackChoice stack,
            ClassChoice choice,
            TrainingChoice training,
            Consumer<String> notice) {
        this.inputs = List.copyOf(inputs);
        this.vocabulary = vocabulary;
        this.stack = stack;
        this.choice = choice;
        this.training = training;
        this.notice = notice;
        TrainingSettings asked = asked();
        ModelDirectory earlier = training.run().earlier();
        Classifier kept = earlier == null ? null : classifierOf(earlier);
        DocumentColumns columns = where.columns(kept == null ? DocumentColumns.DEFAULT : kept.columns());
        List<Document> all = DocumentFiles.labelled(inputs, columns);
        Labels labels = kept == null ? Labels.of(all) : kept.labels();
        Parts parts = parts(all, labels, columns, asked.run().seed());
        this.model = kept == null ? model(parts, labels, columns) : model(earlier, kept, parts, columns);
        DocumentEncoder encoder = new DocumentEncoder(model.tokenizer, model.classifier.maxLength());
        EncodedDocuments encoded = encoder.encode(parts.training, labels);
        EncodedDocuments judged = parts.heldOut == null ? null : encoder.encode(parts.heldOut, labels);
        report(encoder);
        this.task = new Classification(
                model.tokenizer, model.classifier, new Classification.Data(encoded, judged, source(), model.vectors));
        this.settings = training.fitting(asked, task, LENGTH);
        this.split = split(encoded, judged, labels);
    }

    private TrainingSettings asked() {
        TrainingSettings own = TrainingSettings.of(
                RATE,
                new TrainingSettings.Loop(BATCH, 1, 0, 0, TrainingSettings.UNLIMITED, TrainingSettings.UNLIMITED, 0));
        return training.settings(own, stack.initialisation());
    }

    /** What is trained on and what is held out. */
    private Parts parts(List<Document> all, Labels labels, DocumentColumns columns, long seed) {
        if (choice.validation() != null) {
            return new Parts(all, DocumentFiles.labelled(List.of(choice.validation()), columns));
        }
        List<Integer> places = all.stream().map(labels::of).toList();
        StratifiedSplit halves = StratifiedSplit.of(places, labels.size(), choice.validationFraction(), seed);
        return new Parts(
                halves.training().stream().map(all::get).toList(),
                halves.heldOut().isEmpty()
                        ? null
                        : halves.heldOut().stream().map(all::get).toList());
    }

    private Model model(Parts parts, Labels labels, DocumentColumns columns) {
        String kind = vocabulary.tokenizer(WORD);
        int leastFrequency = kind.equals(WORD) && choice.vectors() == null ? 2 : 1;
        Tokenizer tokenizer = Vocabulary.build(
                kind,
                parts.training.stream().map(Document::text).toList(),
                InputFiles.describe(inputs),
                vocabulary.options(leastFrequency, false));
        WordVectors vectors = VectorChoice.read(choice.vectors(), tokenizer);
        Classifier classifier = new Classifier(labels, columns, choice.longest(), weights(labels, parts.training));
        int size = vectors == null ? 0 : vectors.size();
        NetworkConfig config = choice.config(stack, STACK, tokenizer.vocabularySize(), size, labels.size());
        if (vectors != null) {
            notice.accept(VectorChoice.found(choice.vectors(), vectors));
        }
        return new Model(tokenizer, classifier, config, vectors);
    }

    private List<Float> weights(Labels labels, List<Document> documents) {
        long[] counts = new long[labels.size()];
        documents.forEach(document -> counts[labels.of(document)]++);
        return ClassWeights.of(choice.weights(), labels, counts);
    }

    private Classifier classifierOf(ModelDirectory earlier) {
        if (training.run().initFrom() != null && (vocabulary.isGiven() || choice.vectors() != null)) {
            throw LstmGpuException.usage(
                    "--init-from takes the tokenizer and the embedding of %s too; leave out --tokenizer, --vocab-size,"
                            + " --min-freq and --vectors",
                    training.run().initFrom());
        }
        return Classifiers.classifier(earlier);
    }

    /** Of a run that goes on, or begins with another model. */
    private Model model(ModelDirectory earlier, Classifier kept, Parts parts, DocumentColumns columns) {
        NetworkConfig config =
                choice.configOf(stack, earlier.config(), kept, earlier.path().toString());
        List<Float> weights = weights(kept.labels(), parts.training);
        if (training.run().resume() && !weights.equals(kept.weights())) {
            String trainedOn = earlier.run().path("data").path("sha256").asText();
            if (trainedOn.equals(source().sha256())) {
                throw LstmGpuException.usage(
                        "a run cannot be resumed with other --class-weights; leave them as they were or start a new"
                                + " run");
            }
            // Balanced weights follow the data, and that it has changed is said where the run goes on.
            weights = kept.weights();
        }
        Classifier classifier = new Classifier(kept.labels(), columns, kept.maxLength(), weights);
        return new Model(earlier.inputTokenizer(), classifier, config, null);
    }

    private void report(DocumentEncoder encoder) {
        if (!encoder.cut().isEmpty()) {
            notice.accept(encoder.cut());
        }
        if (training.run().initFrom() != null) {
            Unknown.report(encoder.unknown(), encoder.unknownTotal(), InputFiles.describe(inputs), notice);
        }
    }

    private DataSource source() {
        List<Path> read = new ArrayList<>(inputs);
        if (choice.validation() != null) {
            read.add(choice.validation());
        }
        InputTexts texts = InputTexts.read(read);
        return new DataSource(InputFiles.describe(inputs), texts.sha256(), texts, InputTexts.NONE);
    }

    private static String split(EncodedDocuments trained, EncodedDocuments heldOut, Labels labels) {
        return "%s (%,d tokens) of %d classes to train, %,d (%,d tokens) held out"
                .formatted(
                        Count.of(trained.count(), "text"),
                        trained.length(),
                        labels.size(),
                        heldOut == null ? 0 : heldOut.count(),
                        heldOut == null ? 0 : heldOut.length());
    }

    @Override
    public NetworkConfig config() {
        return model.config;
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public TrainingSettings settings() {
        return settings;
    }

    @Override
    public String split() {
        return split;
    }
}
