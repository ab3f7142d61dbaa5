package lstmgpu.cli.flags;

import java.nio.file.Path;
import lstmgpu.backend.Pooling;
import lstmgpu.runs.ClassChoice;
import picocli.CommandLine.Option;

/** What a network that classifies has besides its recurrent stack, and what it is judged by. */
@FlagSection("Classes")
public final class ClassifierFlags {
    @Option(
            names = "--pooling",
            paramLabel = "NAME",
            description = "How the outputs of a text's steps become one vector: last, mean or max. Default: max.")
    Pooling pooling;

    @Option(
            names = "--bidirectional",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Read every text in both directions.")
    Boolean bidirectional;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "Tokens of a text that are read; what is longer loses its end. Default: 512.")
    Integer maxLength;

    @Option(
            names = "--class-weights",
            paramLabel = "W",
            description = "How much each class counts in the loss: balanced (all classes alike, however few texts they"
                    + " have) or LABEL=WEIGHT,... Default: every text alike.")
    String weights;

    @Option(
            names = "--embedding-size",
            paramLabel = "N",
            description = "Numbers that stand for a token. Default: 64, or those of --vectors.")
    Integer embeddingSize;

    @Option(
            names = "--vectors",
            paramLabel = "FILE",
            description = "Begin with the word vectors of a text file of GloVe or word2vec.")
    Path vectors;

    @Option(
            names = "--val-frac",
            defaultValue = "0.1",
            paramLabel = "F",
            description = "Share of the texts of every class that is held out to judge the model, drawn by the seed."
                    + " Default: ${DEFAULT-VALUE}.")
    double validationFraction;

    @Option(names = "--val", paramLabel = "FILE", description = "Judge the model by the texts of this file instead.")
    Path validation;

    public ClassChoice choice() {
        return new ClassChoice(
                pooling, bidirectional, maxLength, weights, embeddingSize, vectors, validationFraction, validation);
    }
}
