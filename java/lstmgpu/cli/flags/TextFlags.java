package lstmgpu.cli.flags;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.data.CharTokenizer;
import lstmgpu.data.TokenizeOptions;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a text becomes tokens, and which part of it is held out. */
@FlagSection("Text")
public final class TextFlags {
    @Mixin
    VocabularyFlags vocabulary;

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
        return vocabulary.isGiven();
    }

    public Tokenizer build(List<Path> inputs) {
        return Vocabulary.build(vocabulary.tokenizer(CharTokenizer.KIND), inputs, vocabulary.options(1, lines));
    }

    public TokenizeOptions tokenizing(Path cache) {
        return new TokenizeOptions(lines, cache);
    }
}
