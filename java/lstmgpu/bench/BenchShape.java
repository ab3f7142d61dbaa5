package lstmgpu.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.network.NetworkConfig;

/**
 * A model and a batch to time.
 *
 * @param layers L
 * @param hidden H
 * @param batch B
 * @param steps T
 * @param vocabulary V
 * @param embedding E
 */
public record BenchShape(Cell cell, int layers, int hidden, int batch, int steps, int vocabulary, int embedding) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,4})x(\\d{1,6})x(\\d{1,6})x(\\d{1,6})");

    /**
     * Reads {@code LxHxBxT,…}.
     *
     * @throws LstmGpuException with exit code 2, naming the part that is not of this form
     */
    public static List<BenchShape> parse(String text, Cell cell, int vocabulary, int embedding) {
        List<BenchShape> shapes = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher match = TEXT.matcher(part.strip());
            if (!match.matches()) {
                throw LstmGpuException.usage(
                        "--shapes takes layers x hidden size x batch x steps, as 2x128x50x50, not '%s'", part.strip());
            }
            shapes.add(new BenchShape(
                    cell,
                    positive(match.group(1), part),
                    positive(match.group(2), part),
                    positive(match.group(3), part),
                    positive(match.group(4), part),
                    vocabulary,
                    embedding));
        }
        return shapes;
    }

    private static int positive(String digits, String part) {
        int value = Integer.parseInt(digits);
        if (value < 1) {
            throw LstmGpuException.usage("--shapes: every number in '%s' must be 1 or more", part.strip());
        }
        return value;
    }

    NetworkConfig config() {
        return NetworkConfig.ofTokens(cell, vocabulary, embedding, hidden, layers, 0f, false);
    }

    /** Of a step: B·T. */
    public long tokens() {
        return (long) batch * steps;
    }

    /**
     * Operations of one forward pass of the recurrent stack over a token, two for each weight; backward takes twice as
     * many.
     */
    long stackOperations() {
        long rows = (long) cell.gates() * hidden;
        return 2 * rows * (embedding + hidden + (layers - 1L) * 2 * hidden);
    }

    /** The same with the output layer. */
    long modelOperations() {
        return stackOperations() + 2L * hidden * vocabulary;
    }

    /**
     * Operations of a step of training, forward and backward, of the recurrent stack: {@code inputRows} are what W_ih
     * of the first layer meets.
     */
    private long leastStackOperations(long inputRows) {
        long rows = (long) cell.gates() * hidden;
        long input = 2 * rows * embedding * inputRows;
        long recurrent = 2 * rows * hidden * tokens();
        long between = recurrent * (layers - 1);
        // No gradient is needed of the state that a step begins with.
        long sequences = 2 * rows * hidden * batch;
        return 3 * (input + between + recurrent * layers) - sequences * layers;
    }

    /** Operations that a step of training of the recurrent stack on features needs at least. */
    long leastStackTraining() {
        return leastStackOperations(tokens());
    }

    /** Of the whole model: no more rows of the embedding than there are need to meet the first layer's weights. */
    long leastTraining() {
        return leastStackOperations(Math.min(tokens(), vocabulary)) + 3 * tokens() * 2L * hidden * vocabulary;
    }

    /**
     * Operations that drawing a token needs at least: what the first layer's weights make of each token can be known
     * beforehand.
     */
    long leastDrawing() {
        return modelOperations() - 2L * cell.gates() * hidden * embedding;
    }

    /** P. */
    long parameters() {
        long rows = (long) cell.gates() * hidden;
        long recurrent = rows * (embedding + hidden + 2 + (layers - 1L) * (2L * hidden + 2));
        return recurrent + (long) vocabulary * (embedding + hidden + 1);
    }

    /** The same model on fewer sequences and steps, for what is slow. */
    public BenchShape atMost(int sequences, int length) {
        return withBatch(Math.min(batch, sequences), Math.min(steps, length));
    }

    BenchShape withBatch(int sequences, int length) {
        return new BenchShape(cell, layers, hidden, sequences, length, vocabulary, embedding);
    }
}
