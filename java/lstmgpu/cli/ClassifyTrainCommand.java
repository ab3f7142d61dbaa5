package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.flags.CellFlags;
import lstmgpu.cli.flags.ClassifierFlags;
import lstmgpu.cli.flags.DocumentFlags;
import lstmgpu.cli.flags.RunFlags;
import lstmgpu.cli.flags.RunLength;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.flags.VocabularyFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.data.InputFiles;
import lstmgpu.data.InputTexts;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import lstmgpu.models.Classifiers;
import lstmgpu.models.Unknown;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.DataSource;
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
import lstmgpu.task.classify.WordVectors;
import lstmgpu.train.TrainingSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Trains a network that tells the class of a text. */
@Command(
        name = "train",
        customSynopsis = "lstm-gpu classify train FILE... -o DIR [FLAGS]",
        description = "Trains a model on texts with labels, from CSV or JSON Lines, and writes it to a folder.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu classify train reviews.csv -o runs/reviews",
            "  lstm-gpu classify train mails.jsonl -o runs/mails --text-column body --label-column folder"
                    + " --class-weights balanced",
            "  lstm-gpu classify train reviews.csv -o runs/reviews --resume",
            "",
            "Ctrl-C writes a checkpoint and stops; a second Ctrl-C stops at once."
        })
final class ClassifyTrainCommand extends ProgramCommand {
    private static final RunWords WORDS =
            new RunWords("classify train", "classify predict", "texts", "--hidden-size or --embedding-size");
    private static final CellFlags.Stack STACK = new CellFlags.Stack(128, 1, 0.2f);
    private static final RunLength LENGTH = new RunLength(3000, 20);
    private static final int BATCH = 64;
    private static final float RATE = 2e-3f;
    private static final String WORD = "word";

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "CSV with a line of names, or JSON Lines; several are read as one.")
    List<Path> inputs = new ArrayList<>();

    @Mixin
    DocumentFlags documents;

    @Mixin
    VocabularyFlags vocabulary;

    @Mixin
    CellFlags cell;

    @Mixin
    ClassifierFlags classes;

    @Mixin
    TrainingFlags training;

    ClassifyTrainCommand(Console console) {
        super(console);
    }

    @Override
    String explanation() {
        return """

            Where nothing is said: %d units in one layer, %d texts a step, a learning rate of %s that comes down along
            a cosine, and as many epochs as make about %,d steps, from 1 to %d.
            """.formatted(STACK.hiddenSize(), BATCH, RATE, LENGTH.steps(), LENGTH.mostEpochs());
    }

    /** The tokenizer, the labels and the network of a run. */
    private record Model(Tokenizer tokenizer, Classifier classifier, NetworkConfig config, WordVectors vectors) {}

    /** The documents of a run; those to judge by are null if there are none. */
    private record Parts(List<Document> training, List<Document> heldOut) {}

    @Override
    public Integer call() {
        RunFlags run = training.run;
        inputs = TrainingRun.inputs(inputs, training, WORDS);
        TrainingSettings settings = settings();
        ModelDirectory earlier = TrainingRun.earlier(run);
        Classifier kept = earlier == null ? null : classifierOf(earlier);
        DocumentColumns columns = documents.columns(kept == null ? DocumentColumns.DEFAULT : kept.columns());
        List<Document> all = DocumentFiles.labelled(inputs, columns);
        Labels labels = kept == null ? Labels.of(all) : kept.labels();
        Parts parts = parts(all, labels, columns, settings.run().seed());
        Model model = kept == null ? model(parts, labels, columns) : model(earlier, kept, parts, columns);
        DocumentEncoder encoder = new DocumentEncoder(model.tokenizer, model.classifier.maxLength());
        EncodedDocuments encoded = encoder.encode(parts.training, labels);
        EncodedDocuments judged = parts.heldOut == null ? null : encoder.encode(parts.heldOut, labels);
        report(encoder);
        Classification task = new Classification(
                model.tokenizer, model.classifier, new Classification.Data(encoded, judged, source(), model.vectors));
        TrainingRun way = new TrainingRun(console, training, inputs, WORDS);
        settings = way.fitting(settings, task, LENGTH);
        return way.of(model.config, task, settings, split(encoded, judged, labels))
                .code();
    }

    private TrainingSettings settings() {
        TrainingSettings own = TrainingSettings.of(
                RATE,
                new TrainingSettings.Loop(BATCH, 1, 0, 0, TrainingSettings.UNLIMITED, TrainingSettings.UNLIMITED, 0));
        return training.settings(
                own, cell.initialisation, RecordedFlags.of(spec, inputs, training.run.output, console.environment()));
    }

    /** What is trained on and what is held out. */
    private Parts parts(List<Document> all, Labels labels, DocumentColumns columns, long seed) {
        if (classes.validation != null) {
            return new Parts(all, DocumentFiles.labelled(List.of(classes.validation), columns));
        }
        List<Integer> places = all.stream().map(labels::of).toList();
        StratifiedSplit split = StratifiedSplit.of(places, labels.size(), classes.validationFraction, seed);
        return new Parts(
                split.training().stream().map(all::get).toList(),
                split.heldOut().isEmpty()
                        ? null
                        : split.heldOut().stream().map(all::get).toList());
    }

    private Model model(Parts parts, Labels labels, DocumentColumns columns) {
        String kind = vocabulary.tokenizer(WORD);
        int leastFrequency = kind.equals(WORD) && classes.vectors == null ? 2 : 1;
        Tokenizer tokenizer = Vocabulary.build(
                kind,
                parts.training.stream().map(Document::text).toList(),
                InputFiles.describe(inputs),
                vocabulary.options(leastFrequency, false));
        WordVectors vectors = classes.vectors == null ? null : vectors(tokenizer);
        Classifier classifier = new Classifier(labels, columns, classes.maxLength(), weights(labels, parts.training));
        int size = vectors == null ? 0 : vectors.size();
        NetworkConfig config = classes.config(cell, STACK, tokenizer.vocabularySize(), size, labels.size());
        if (vectors != null) {
            console.say(found(vectors));
        }
        return new Model(tokenizer, classifier, config, vectors);
    }

    private List<Float> weights(Labels labels, List<Document> documents) {
        long[] counts = new long[labels.size()];
        documents.forEach(document -> counts[labels.of(document)]++);
        return ClassWeights.of(classes.weights, labels, counts);
    }

    private WordVectors vectors(Tokenizer tokenizer) {
        InputFiles.check(List.of(classes.vectors));
        return WordVectors.read(classes.vectors, tokenizer);
    }

    private String found(WordVectors vectors) {
        return "%s: vectors of %,d numbers for %,d of %s; the others are drawn"
                .formatted(
                        classes.vectors.getFileName(),
                        vectors.size(),
                        vectors.found(),
                        Count.of(vectors.tokens(), "token"));
    }

    private Classifier classifierOf(ModelDirectory earlier) {
        if (training.run.initFrom != null && (vocabulary.isGiven() || classes.vectors != null)) {
            throw LstmGpuException.usage(
                    "--init-from takes the tokenizer and the embedding of %s too; leave out --tokenizer, --vocab-size,"
                            + " --min-freq and --vectors",
                    training.run.initFrom);
        }
        return Classifiers.classifier(earlier);
    }

    /** Of a run that goes on, or begins with another model. */
    private Model model(ModelDirectory earlier, Classifier kept, Parts parts, DocumentColumns columns) {
        NetworkConfig config =
                classes.configOf(cell, earlier.config(), kept, earlier.path().toString());
        List<Float> weights = weights(kept.labels(), parts.training);
        if (training.run.resume && !weights.equals(kept.weights())) {
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
            console.say(encoder.cut());
        }
        if (training.run.initFrom != null) {
            Unknown.report(encoder.unknown(), encoder.unknownTotal(), InputFiles.describe(inputs), console::say);
        }
    }

    private DataSource source() {
        List<Path> read = new ArrayList<>(inputs);
        if (classes.validation != null) {
            read.add(classes.validation);
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
}
