package lstmgpu.cli.flags;

import java.nio.file.Path;
import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Pooling;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.task.classify.Classifier;
import picocli.CommandLine.Option;

/** What a network that classifies has besides its recurrent stack, and what it is judged by. */
@FlagSection("Classes")
public final class ClassifierFlags {
    private static final int MAX_LENGTH = 512;
    private static final int EMBEDDING_SIZE = 64;

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
    public String weights;

    @Option(
            names = "--embedding-size",
            paramLabel = "N",
            description = "Numbers that stand for a token. Default: 64, or those of --vectors.")
    Integer embeddingSize;

    @Option(
            names = "--vectors",
            paramLabel = "FILE",
            description = "Begin with the word vectors of a text file of GloVe or word2vec.")
    public Path vectors;

    @Option(
            names = "--val-frac",
            defaultValue = "0.1",
            paramLabel = "F",
            description = "Share of the texts of every class that is held out to judge the model, drawn by the seed."
                    + " Default: ${DEFAULT-VALUE}.")
    public double validationFraction;

    @Option(names = "--val", paramLabel = "FILE", description = "Judge the model by the texts of this file instead.")
    public Path validation;

    /** Tokens of a text that are read. */
    public int maxLength() {
        int most = Objects.requireNonNullElse(maxLength, MAX_LENGTH);
        LstmGpuException.requireRange("--max-length", most, 1, Classifier.LONGEST);
        return most;
    }

    /** The network of a new run. */
    public NetworkConfig config(CellFlags cell, CellFlags.Stack stack, int vocabulary, int vectorSize, int classes) {
        int size = Objects.requireNonNullElse(embeddingSize, vectorSize > 0 ? vectorSize : EMBEDDING_SIZE);
        LstmGpuException.requireRange("--embedding-size", size, 1, NetworkConfig.LARGEST_SIZE);
        if (vectorSize > 0 && size != vectorSize) {
            throw LstmGpuException.usage(
                    "--embedding-size %d contradicts the vectors of %d numbers in %s; leave it out",
                    size, vectorSize, vectors);
        }
        return cell.config(
                new InputPart.Tokens(vocabulary, size),
                stack,
                Boolean.TRUE.equals(bidirectional),
                new Head.SequenceClass(classes, Objects.requireNonNullElse(pooling, Pooling.MAX)));
    }

    /**
     * The network of an earlier model.
     *
     * @throws LstmGpuException with exit code 2 for a flag that contradicts it
     */
    public NetworkConfig configOf(CellFlags cell, NetworkConfig earlier, Classifier classifier, String owner) {
        CellFlags.refuse("--embedding-size", embeddingSize, earlier.embeddingSize(), owner);
        CellFlags.refuse("--bidirectional", bidirectional, earlier.bidirectional(), owner);
        CellFlags.refuse("--max-length", maxLength, classifier.maxLength(), owner);
        if (earlier.head() instanceof Head.SequenceClass head) {
            CellFlags.refuse("--pooling", pooling, head.pooling(), owner);
        }
        return cell.configOf(earlier, owner);
    }
}
