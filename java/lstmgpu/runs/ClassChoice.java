package lstmgpu.runs;

import java.nio.file.Path;
import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Pooling;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.task.classify.Classifier;

/**
 * What somebody asks of a network that classifies, besides its recurrent stack; null where nothing is said.
 *
 * @param pooling how the outputs of a text's steps become one vector
 * @param maxLength tokens of a text that are read
 * @param weights of the classes in the loss: balanced, or LABEL=WEIGHT,...
 * @param embeddingSize E
 * @param vectors a file of word vectors
 * @param validationFraction of the texts of every class that is held out; never null
 * @param validation a file of texts by which the network is judged instead
 */
public record ClassChoice(
        Pooling pooling,
        Boolean bidirectional,
        Integer maxLength,
        String weights,
        Integer embeddingSize,
        Path vectors,
        double validationFraction,
        Path validation) {
    private static final int MAX_LENGTH = 512;
    private static final int EMBEDDING_SIZE = 64;

    int longest() {
        int most = Objects.requireNonNullElse(maxLength, MAX_LENGTH);
        LstmGpuException.requireRange("--max-length", most, 1, Classifier.LONGEST);
        return most;
    }

    /** The network of a new run. */
    NetworkConfig config(StackChoice stack, StackChoice.Stack otherwise, int vocabulary, int vectorSize, int classes) {
        int size = Objects.requireNonNullElse(embeddingSize, vectorSize > 0 ? vectorSize : EMBEDDING_SIZE);
        LstmGpuException.requireRange("--embedding-size", size, 1, NetworkConfig.LARGEST_SIZE);
        VectorChoice.requireSize(vectors, vectorSize, size);
        return stack.config(
                new InputPart.Tokens(vocabulary, size),
                otherwise,
                Boolean.TRUE.equals(bidirectional),
                new Head.SequenceClass(classes, Objects.requireNonNullElse(pooling, Pooling.MAX)));
    }

    /**
     * The network of an earlier model.
     *
     * @throws LstmGpuException with exit code 2 for what contradicts it
     */
    NetworkConfig configOf(StackChoice stack, NetworkConfig earlier, Classifier classifier, String owner) {
        StackChoice.refuse("--embedding-size", embeddingSize, earlier.embeddingSize(), owner);
        StackChoice.refuse("--bidirectional", bidirectional, earlier.bidirectional(), owner);
        StackChoice.refuse("--max-length", maxLength, classifier.maxLength(), owner);
        if (earlier.head() instanceof Head.SequenceClass head) {
            StackChoice.refuse("--pooling", pooling, head.pooling(), owner);
        }
        return stack.configOf(earlier, owner);
    }
}
