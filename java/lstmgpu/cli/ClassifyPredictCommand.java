package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.DocumentFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.models.Classifiers;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.classify.Classifier;
import lstmgpu.task.classify.Document;
import lstmgpu.task.classify.DocumentFiles;
import lstmgpu.task.classify.EncodedDocuments;
import lstmgpu.task.classify.Predictions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells the classes of texts. */
@Command(
        name = "predict",
        customSynopsis = "lstm-gpu classify predict MODEL FILE... [FLAGS]",
        description = "Tells the class of every text and how probable each class is, as a JSON object a line.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu classify predict runs/reviews new.csv >predicted.jsonl",
            "  echo \"A film to forget\" | lstm-gpu classify predict runs/reviews -"
        })
final class ClassifyPredictCommand extends ProgramCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FILE",
            description = "CSV, JSON Lines, or a file with a text on every line; - is standard input.")
    List<Path> inputs;

    @Mixin
    DocumentFlags documents;

    @Mixin
    DeviceFlags device;

    ClassifyPredictCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        try (StandardInput text = StandardInput.of(inputs, console)) {
            return text.use(files -> predict(files, text));
        }
    }

    private Integer predict(List<Path> files, StandardInput text) {
        ModelDirectory directory = ModelDirectory.open(path);
        try (OpeningDevice opening = new OpeningDevice(device.choice(), console::say)) {
            Classifier classifier = Classifiers.classifier(directory);
            Tokenizer tokenizer = directory.inputTokenizer();
            List<Document> read = DocumentFiles.texts(files, documents.where().columns(classifier.columns()));
            EncodedDocuments encoded = Classifiers.encoded(
                    read, classifier, tokenizer, null, text.named(InputFiles.describe(files)), console::say);
            NetworkConfig config = directory.config();
            try (LoadedNetwork loaded =
                    LoadedNetwork.of(opening, directory, config, directory.weights(), RnnImplementation.AUTO)) {
                for (double[] probabilities : Predictions.of(loaded.network(), encoded, Classifiers.BATCH)) {
                    console.print(line(classifier, probabilities));
                }
            }
        }
        return ExitCode.DONE.code();
    }

    private static String line(Classifier classifier, double... probabilities) {
        List<String> names = classifier.labels().names();
        int best = 0;
        ObjectNode shares = JsonLines.object();
        for (int i = 0; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
            shares.put(names.get(i), probabilities[i]);
        }
        ObjectNode object = JsonLines.object().put("label", names.get(best));
        object.set("probabilities", shares);
        return JsonLines.line(object) + "\n";
    }
}
