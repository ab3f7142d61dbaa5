package lstmgpu.cli.flags;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.data.TextInputs;
import lstmgpu.runs.TextChoice;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a text becomes tokens, and which part of it is held out. */
@FlagSection("Text")
public final class TextFlags {
    @Mixin
    public InputFlags input;

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
            paramLabel = "F",
            description = "Share of the text, at its end, held out to judge the model. Default: 0.1.")
    Double validationFraction;

    @Option(
            names = "--test-frac",
            paramLabel = "F",
            description = "Share after that which nothing looks at. Default: 0.")
    Double testFraction;

    @Option(
            names = "--val",
            paramLabel = "INPUT",
            description = "Judge the model by this file, folder or pattern instead, and train on all of the text.")
    Path validation;

    @Option(
            names = "--test",
            paramLabel = "INPUT",
            description = "Measure the model on this file, folder or pattern when the run is complete.")
    Path test;

    /**
     * @param cache the folder in which tokens may be kept
     * @param notice hears what is left out of folders
     */
    public TextChoice.Text choice(Path cache, Consumer<String> notice) {
        return new TextChoice.Text(
                vocabulary.choice(),
                extendVocabulary,
                lines,
                validationFraction,
                testFraction,
                texts("--val", validation, notice),
                texts("--test", test, notice),
                cache);
    }

    private TextInputs texts(String flag, Path own, Consumer<String> notice) {
        if (own != null && own.toString().equals("-")) {
            throw LstmGpuException.usage("%s - is standard input, and only INPUT may be that; save it to a file", flag);
        }
        return own == null ? null : input.texts(List.of(own), notice);
    }
}
