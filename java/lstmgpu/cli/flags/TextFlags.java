package lstmgpu.cli.flags;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.data.CharTokenizer;
import lstmgpu.data.TextOptions;
import lstmgpu.data.TokenizeOptions;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import picocli.CommandLine.Option;

/** How a text becomes tokens, and which part of it is held out. */
@FlagSection("Text")
public final class TextFlags {
    /** The tokenizers that this program makes itself. */
    static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Vocabulary.KINDS.iterator();
        }
    }

    @Option(
            names = "--tokenizer",
            paramLabel = "NAME",
            completionCandidates = Kinds.class,
            description =
                    "byte (any file), char, word or bpe (UTF-8 text), or a Hugging Face tokenizer.json. Default: char.")
    String tokenizer;

    @Option(
            names = "--vocab-size",
            paramLabel = "N",
            description = "Keep only the N most frequent tokens; learn N with bpe. Default: all, and 1024 with bpe.")
    Integer vocabularySize;

    @Option(names = "--min-freq", paramLabel = "N", description = "Keep only tokens that come N times. Default: 1.")
    Integer minFrequency;

    @Option(
            names = "--extend-vocab",
            description = "With --init-from: give the model tokens for the characters or words that it lacks.")
    public boolean extendVocabulary;

    @Option(
            names = "--lines",
            description = "End the last line of every input with a line end, so that inputs never run" + " together.")
    public boolean lines;

    @Option(
            names = "--val-frac",
            defaultValue = "0.1",
            paramLabel = "F",
            description = "Share of the text, at its end, held out to judge the model. Default:" + " ${DEFAULT-VALUE}.")
    public double validationFraction;

    @Option(
            names = "--test-frac",
            defaultValue = "0",
            paramLabel = "F",
            description = "Share after that which nothing looks at. Default: ${DEFAULT-VALUE}.")
    public double testFraction;

    /** Refuses flags that contradict those of the run. */
    public void check(RunFlags run) {
        if (extendVocabulary && run.initFrom == null) {
            throw LstmGpuException.usage("--extend-vocab needs --init-from, whose vocabulary it makes larger");
        }
    }

    /** Whether a flag asks for a vocabulary of its own. */
    public boolean asksForVocabulary() {
        return tokenizer != null || vocabularySize != null || minFrequency != null;
    }

    public Tokenizer build(List<Path> inputs) {
        TextOptions options = new TextOptions(
                Objects.requireNonNullElse(vocabularySize, 0), Objects.requireNonNullElse(minFrequency, 1), lines);
        return Vocabulary.build(Objects.requireNonNullElse(tokenizer, CharTokenizer.KIND), inputs, options);
    }

    public TokenizeOptions tokenizing(Path cache) {
        return new TokenizeOptions(lines, cache);
    }
}
