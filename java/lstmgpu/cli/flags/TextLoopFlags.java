package lstmgpu.cli.flags;

import lstmgpu.runs.TextChoice;
import picocli.CommandLine.Option;

/** How a text is read while a network is trained, and what it writes meanwhile. */
@FlagSection("Loop")
public final class TextLoopFlags {
    @Option(
            names = {"--seq-length", "--bptt"},
            paramLabel = "N",
            description = "Earlier tokens that a step looks back over. Default: see below.")
    Integer seqLength;

    @Option(
            names = "--step-size",
            paramLabel = "N",
            description = "Sliding windows that start N tokens apart, each from a zero state. Default:"
                    + " state is carried along the text.")
    Integer stepSize;

    @Option(
            names = "--reset-state",
            paramLabel = "P",
            description =
                    "Where state is carried, a sequence begins a step from a zero state with this probability, as a"
                            + " text begins that the model is to write; 0 means only once an epoch. Default: 0.02.")
    Float resetState;

    @Option(
            names = "--vary-length",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Steps of random lengths about --seq-length, as in AWD-LSTM: 58, 62, 66 or 70 tokens"
                    + " instead of 64, and half as many in one of twenty.")
    Boolean varyLength;

    @Option(
            names = "--sample-every",
            paramLabel = "N",
            description = "Steps between two samples of what the model writes. Default: as --eval-every.")
    Integer sampleEvery;

    @Option(names = "--sample-prompt", paramLabel = "TEXT", description = "What such a sample continues.")
    String samplePrompt;

    @Option(
            names = "--sample-length",
            paramLabel = "N",
            description = "Tokens of such a sample; 0 means none. Default: 200.")
    Integer sampleLength;

    public TextChoice.Reading choice() {
        return new TextChoice.Reading(
                seqLength, stepSize, resetState, varyLength, sampleEvery, samplePrompt, sampleLength);
    }
}
