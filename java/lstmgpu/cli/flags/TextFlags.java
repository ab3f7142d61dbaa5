package lstmgpu.cli.flags;

import java.nio.file.Path;
import lstmgpu.runs.TextChoice;
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
    boolean extendVocabulary;

    @Option(
            names = "--lines",
            description = "End the last line of every input with a line end, so that inputs never run" + " together.")
    boolean lines;

    @Option(
            names = "--val-frac",
            defaultValue = "0.1",
            paramLabel = "F",
            description = "Share of the text, at its end, held out to judge the model. Default:" + " ${DEFAULT-VALUE}.")
    double validationFraction;

    @Option(
            names = "--test-frac",
            defaultValue = "0",
            paramLabel = "F",
            description = "Share after that which nothing looks at. Default: ${DEFAULT-VALUE}.")
    double testFraction;

    /** @param cache the folder in which tokens may be kept */
    public TextChoice.Text choice(Path cache) {
        return new TextChoice.Text(
                vocabulary.choice(), extendVocabulary, lines, validationFraction, testFraction, cache);
    }
}
