package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;
import lstmgpu.backend.Cell;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.report.Console;
import lstmgpu.data.VocabularyFile;
import lstmgpu.foreign.ForeignModel;
import lstmgpu.store.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a model of weights that another program has written. */
@Command(
        name = "import",
        customSynopsis = "lstm-gpu import FILE.safetensors -o DIR --vocab FILE [FLAGS]",
        description =
                "Makes a model of the weights of a PyTorch language model in the format safetensors: an embedding, a"
                    + " recurrent network and an output layer, whatever they are called. generate, eval and all other"
                    + " commands then take it.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu import model.safetensors -o runs/theirs --vocab chars.json",
            "  lstm-gpu import model.safetensors -o runs/theirs --vocab words.txt --map drop.weight=embedding.weight",
            "  lstm-gpu import model.safetensors -o runs/theirs --tokenizer byte",
            "",
            "docs/onnx.md says which names are known and how to save such a file."
        })
final class ImportCommand extends ProgramCommand {
    private static final List<String> KINDS = List.of("byte", "char", "word");

    @Parameters(paramLabel = "FILE", description = "Weights in the format safetensors.")
    Path file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            description = "The folder of the new model.")
    Path output;

    @Option(names = "--overwrite", description = "Replace a model that is there.")
    boolean overwrite;

    @Mixin
    ForeignFlags foreign;

    /** What the file does not say. */
    @FlagSection("Weights and vocabulary")
    static final class ForeignFlags {
        @Option(
                names = "--map",
                paramLabel = "FROM=TO",
                description =
                        "The tensor FROM of the file is TO here, such as drop.weight=embedding.weight; FROM= leaves"
                                + " it out. May be repeated.")
        List<String> map = List.of();

        @Option(
                names = "--cell",
                paramLabel = "NAME",
                description = "Where the shapes do not tell: " + Cell.WORDS + ".")
        Cell cell;

        @Option(
                names = "--vocab",
                paramLabel = "FILE",
                description = "Which token each identifier is: a list in JSON, an object of tokens and identifiers, one"
                        + " token a line, or a tokenizer.json.")
        Path vocabulary;

        @Option(
                names = "--tokenizer",
                paramLabel = "KIND",
                description =
                        "byte, where identifiers are bytes; char or word for --vocab, where the tokens do not tell.")
        String tokenizer;

        private Map<String, String> mapped() {
            Map<String, String> names = new LinkedHashMap<>();
            for (String pair : map) {
                int end = pair.indexOf('=');
                if (end < 1 || names.put(pair.substring(0, end), pair.substring(end + 1)) != null) {
                    throw LstmGpuException.usage("--map %s must be FROM=TO, and each FROM once", pair);
                }
            }
            return names;
        }
    }

    ImportCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        checkVocabulary();
        ModelDirectory.checkOutput(output, overwrite);
        ForeignModel model = ForeignModel.read(file, foreign.mapped(), foreign.cell);
        VocabularyFile.Found vocabulary = vocabulary(model.config().vocabularySize());
        model.write(output, overwrite, vocabulary);
        report(model, vocabulary);
        return ExitCode.DONE.code();
    }

    private void checkVocabulary() {
        if (foreign.tokenizer != null && !KINDS.contains(foreign.tokenizer)) {
            throw LstmGpuException.usage(
                    "--tokenizer %s is unknown; it is byte, char or word, and a tokenizer.json goes to --vocab",
                    foreign.tokenizer);
        }
        boolean bytes = KINDS.getFirst().equals(foreign.tokenizer);
        if (bytes && foreign.vocabulary != null) {
            throw LstmGpuException.usage(
                    "--tokenizer byte needs no --vocab, since identifiers are bytes; leave one out");
        }
        if (!bytes && foreign.vocabulary == null) {
            throw LstmGpuException.usage(
                    "the weights do not say which token each identifier is: name a file with --vocab, or, where"
                            + " identifiers are bytes, give --tokenizer byte");
        }
    }

    private VocabularyFile.Found vocabulary(int size) {
        if (foreign.vocabulary != null) {
            return VocabularyFile.read(foreign.vocabulary, foreign.tokenizer, size);
        }
        VocabularyFile.Found bytes = VocabularyFile.bytes();
        if (bytes.places().length != size) {
            throw LstmGpuException.data(
                    "%s has %,d tokens, and --tokenizer byte has 256; name its vocabulary with --vocab", file, size);
        }
        return bytes;
    }

    private void report(ForeignModel model, VocabularyFile.Found vocabulary) {
        List<String> lines = new ArrayList<>();
        lines.add("%s: %s, tokenizer %s"
                .formatted(file, model.config().line(), vocabulary.tokenizer().kind()));
        if (!model.renamed().isEmpty()) {
            lines.add(model.renamed());
        }
        if (!model.embedded()) {
            lines.add("it has no embedding and reads a one for each token: embedding.weight is the identity");
        }
        if (!model.zeros().isEmpty()) {
            lines.add("it has no biases there, so these are zero: " + String.join(", ", model.zeros()));
        }
        if (!model.leftOut().isEmpty()) {
            lines.add("what holds no weights is left out: " + String.join(", ", model.leftOut()));
        }
        lines.add("wrote %s; continue with: lstm-gpu generate %s".formatted(output, ShellWord.of(output)));
        lines.forEach(line -> console.print(line + "\n"));
    }
}
