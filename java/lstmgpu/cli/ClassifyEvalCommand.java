package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.Printable;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.DocumentFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.TextTable;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.models.Classifiers;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.classify.Classification;
import lstmgpu.task.classify.Classifier;
import lstmgpu.task.classify.Confusion;
import lstmgpu.task.classify.ConfusionChart;
import lstmgpu.task.classify.Document;
import lstmgpu.task.classify.DocumentEvaluation;
import lstmgpu.task.classify.DocumentFiles;
import lstmgpu.task.classify.EncodedDocuments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how well a model tells the classes of texts. */
@Command(
        name = "eval",
        customSynopsis = "lstm-gpu classify eval MODEL FILE... [FLAGS]",
        description = "Measures how well a model tells classes: accuracy, macro-F1, each class, and which are mistaken"
                + " for which.",
        footer = {"", "Example:", "  lstm-gpu classify eval runs/reviews other.csv --chart confusion.svg"})
final class ClassifyEvalCommand extends ProgramCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FILE",
            description = "CSV or JSON Lines with texts and labels; - is standard input.")
    List<Path> inputs;

    @Mixin
    DocumentFlags documents;

    @Mixin
    OutputFlags output;

    @Mixin
    DeviceFlags device;

    /** What comes out. */
    @FlagSection("Output")
    static final class OutputFlags {
        @Option(names = "--json", description = "One JSON object on standard output.")
        boolean json;

        @Option(
                names = "--chart",
                paramLabel = "FILE",
                description = "Also draw which classes are mistaken for which, as .svg or .png.")
        Path chart;
    }

    ClassifyEvalCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        OutputFiles.checkChart(output.chart);
        SharedWork work = shared().given(inputs);
        try (StandardInput text = StandardInput.of(inputs, console)) {
            return text.use(files -> evaluate(files, text, work));
        }
    }

    private Integer evaluate(List<Path> files, StandardInput text, SharedWork work) {
        ModelDirectory directory = ModelDirectory.open(path);
        try (OpeningDevice opening = new OpeningDevice(own(device), console::say)) {
            Classifier classifier = Classifiers.classifier(directory);
            Tokenizer tokenizer = directory.inputTokenizer();
            List<Document> read =
                    DocumentFiles.labelled(files, documents.where().columns(classifier.columns()));
            EncodedDocuments encoded = Classifiers.encoded(
                    read,
                    classifier,
                    tokenizer,
                    classifier.labels(),
                    text.named(InputFiles.describe(files)),
                    console::say);
            NetworkConfig config = directory.config();
            Map<String, Tensor> weights = directory.weights();
            Peers peers = work.reads(files).computes(weights).alike();
            try (LoadedNetwork loaded = LoadedNetwork.of(opening, directory, config, weights, RnnImplementation.AUTO);
                    DocumentEvaluation evaluation =
                            new DocumentEvaluation(loaded.network(), classifier, encoded, Classifiers.BATCH, peers)) {
                peers.meet(); // a device may take a while to open
                EvaluationResult result = evaluation.run();
                List<String> names = classifier.labels().names();
                Confusion confusion = evaluation.confusion();
                console.print(output.json ? json(result, confusion, names) : table(result, confusion, names));
                if (output.chart != null && peers.rank() == 0) {
                    ConfusionChart.write(output.chart, confusion, names);
                }
            }
        }
        return ExitCode.DONE.code();
    }

    private static String json(EvaluationResult result, Confusion confusion, List<String> names) {
        ObjectNode object = JsonLines.object()
                .put("accuracy", confusion.accuracy())
                .put("macro_f1", confusion.macroF1())
                .put("loss", result.loss())
                .put("texts", confusion.total());
        ArrayNode classes = object.putArray("classes");
        ArrayNode counts = object.putArray("confusion");
        for (int i = 0; i < names.size(); i++) {
            Confusion.Scores scores = confusion.of(i);
            classes.addObject()
                    .put("label", names.get(i))
                    .put("precision", scores.precision())
                    .put("recall", scores.recall())
                    .put("f1", scores.f1())
                    .put("texts", scores.documents());
            ArrayNode row = counts.addArray();
            for (int j = 0; j < names.size(); j++) {
                row.add(confusion.count(i, j));
            }
        }
        return JsonLines.line(object) + "\n";
    }

    private static String table(EvaluationResult result, Confusion confusion, List<String> names) {
        TextTable whole = new TextTable("loss", Classification.MEASURES.loss().text(result.loss()));
        whole.add("accuracy", Classification.ACCURACY.text(confusion.accuracy()));
        whole.add("macro-F1", Classification.MACRO_F1.text(confusion.macroF1()));
        whole.add("texts", "%,d".formatted(confusion.total()));
        TextTable table = new TextTable("class", "precision", "recall", "F1", "texts", "most often taken for");
        for (int i = 0; i < names.size(); i++) {
            Confusion.Scores scores = confusion.of(i);
            table.add(
                    Printable.line(names.get(i)),
                    "%.3f".formatted(scores.precision()),
                    "%.3f".formatted(scores.recall()),
                    "%.3f".formatted(scores.f1()),
                    "%,d".formatted(scores.documents()),
                    mistaken(confusion, i, names));
        }
        return whole.text() + "\n" + table.text();
    }

    private static String mistaken(Confusion confusion, int actual, List<String> names) {
        int most = -1;
        for (int j = 0; j < names.size(); j++) {
            if (j != actual && confusion.count(actual, j) > (most < 0 ? 0 : confusion.count(actual, most))) {
                most = j;
            }
        }
        return most < 0 ? "" : "%s (%,d)".formatted(Printable.line(names.get(most)), confusion.count(actual, most));
    }
}
