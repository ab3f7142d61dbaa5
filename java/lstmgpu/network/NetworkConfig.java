package lstmgpu.network;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnShape;

/**
 * What {@code config.json} says of a network: input part, recurrent stack and head. Tokens are predicted in nats,
 * values by their squared error, quantiles by the pinball loss.
 *
 * @param hiddenSize H, units of every recurrent layer
 * @param projection P, the numbers to which a layer's units are projected; 0 for none
 * @param layers L
 * @param bidirectional whether every layer reads in both directions
 * @param dropout probability used in training; the network itself does not need it
 * @param zoneout how often units keep what they had
 */
public record NetworkConfig(
        InputPart input,
        Cell cell,
        int hiddenSize,
        int projection,
        int layers,
        boolean bidirectional,
        float dropout,
        ZoneoutRates zoneout,
        Head head) {
    /** The largest size that a file may name for anything but a vocabulary. */
    public static final int LARGEST_SIZE = 1 << 16;

    /** The most layers that a file may name. */
    public static final int MOST_LAYERS = 1 << 10;

    /** What the recurrent tensors' names begin with. */
    public static final String RNN_PREFIX = "rnn.";

    /** A network without a projection, whose units keep nothing. */
    public NetworkConfig(
            InputPart input, Cell cell, int hiddenSize, int layers, boolean bidirectional, float dropout, Head head) {
        this(input, cell, hiddenSize, 0, layers, bidirectional, dropout, ZoneoutRates.NONE, head);
    }

    /** The same that reads forward. */
    public NetworkConfig(InputPart input, Cell cell, int hiddenSize, int layers, float dropout, Head head) {
        this(input, cell, hiddenSize, layers, false, dropout, head);
    }

    /**
     * A network that reads tokens and predicts the next one.
     *
     * @param tieWeights whether the output matrix is the embedding, which needs equal embedding and hidden sizes
     */
    public static NetworkConfig ofTokens(
            Cell cell,
            int vocabularySize,
            int embeddingSize,
            int hiddenSize,
            int layers,
            float dropout,
            boolean tieWeights) {
        return new NetworkConfig(
                new InputPart.Tokens(vocabularySize, embeddingSize),
                cell,
                hiddenSize,
                layers,
                dropout,
                new Head.NextToken(vocabularySize, tieWeights));
    }

    /** The same network of tokens for a vocabulary of another size. */
    public NetworkConfig withVocabulary(int size) {
        Clusters same =
                clusters() == null ? null : new Clusters(size, clusters().cutoffs());
        InputPart.Tokens tokens = new InputPart.Tokens(size, embeddingSize(), tieWeights() ? same : null);
        Head next = new Head.NextToken(size, tieWeights(), same);
        return new NetworkConfig(tokens, cell, hiddenSize, projection, layers, bidirectional, dropout, zoneout, next);
    }

    /** The same network with its units projected to so many numbers, or to none with 0. */
    public NetworkConfig withProjection(int numbers) {
        return new NetworkConfig(input, cell, hiddenSize, numbers, layers, bidirectional, dropout, zoneout, head);
    }

    /** The same network that drops so much while it is trained. */
    public NetworkConfig withDropout(float probability) {
        return new NetworkConfig(
                input, cell, hiddenSize, projection, layers, bidirectional, probability, zoneout, head);
    }

    /** The same network with units that keep what they had so often. */
    public NetworkConfig withZoneout(ZoneoutRates rates) {
        return new NetworkConfig(input, cell, hiddenSize, projection, layers, bidirectional, dropout, rates, head);
    }

    /** Whether it has the same parts; how much is dropped, or kept by zoneout, does not matter. */
    public boolean hasPartsOf(NetworkConfig other) {
        return withDropout(other.dropout).withZoneout(other.zoneout).equals(other);
    }

    /** The words of all cells whose h may be projected. */
    static String projecting() {
        Stream<Cell> cells = Arrays.stream(Cell.values()).filter(Cell::takesProjection);
        return cells.map(Cell::word).collect(Collectors.joining(", "));
    }

    /** @throws LstmGpuException with exit code 2 if its cells take no projection, or none to so many numbers */
    void requireProjection() {
        if (projection != 0 && !cell.takesProjection()) {
            throw LstmGpuException.usage(
                    "--proj-size %d: %s cells have no projection; %s have", projection, cell.word(), projecting());
        }
        if (projection < 0 || projection >= hiddenSize) {
            throw LstmGpuException.usage(
                    "--proj-size %d does not lie between 1 and %d, below --hidden-size; 0 is no projection",
                    projection, hiddenSize - 1);
        }
    }

    /** V of a network that reads tokens. */
    public int vocabularySize() {
        return tokens().vocabularySize();
    }

    /** E of a network that reads tokens. */
    public int embeddingSize() {
        return tokens().size();
    }

    /** Whether the output matrix is the embedding. */
    public boolean tieWeights() {
        return head.tied();
    }

    /** Those of an adaptive softmax; null where there is none. */
    public Clusters clusters() {
        return head instanceof Head.NextToken next ? next.clusters() : null;
    }

    /** The same language model with an adaptive softmax of these clusters, which the input has too if it is tied. */
    public NetworkConfig withClusters(Clusters clusters) {
        Head next = new Head.NextToken(vocabularySize(), tieWeights(), clusters);
        InputPart.Tokens read = new InputPart.Tokens(vocabularySize(), embeddingSize(), tieWeights() ? clusters : null);
        return new NetworkConfig(read, cell, hiddenSize, projection, layers, bidirectional, dropout, zoneout, next);
    }

    /** The name of the matrix of cluster k's tokens: the head's own, or the input's where the weights are tied. */
    String tailOf(int k) {
        return tieWeights() ? InputPart.Tokens.tail(k) : Head.tail(k);
    }

    /** Whether it is a language model: it reads tokens and predicts the next one. */
    public boolean predictsTokens() {
        return input instanceof InputPart.Tokens && head instanceof Head.NextToken;
    }

    /** On a line, for messages. */
    public String line() {
        String directions = bidirectional ? "bidirectional " : "";
        String projected = projection > 0 ? " projected to " + projection : "";
        String keeping =
                zoneout.act() ? " that keeps %s of c and %s of h".formatted(zoneout.cell(), zoneout.hidden()) : "";
        return "%s%s of %d x %d%s%s with %s and %s"
                .formatted(directions, cell.word(), layers, hiddenSize, projected, keeping, input, head);
    }

    private InputPart.Tokens tokens() {
        if (input instanceof InputPart.Tokens tokens) {
            return tokens;
        }
        throw new IllegalStateException("this network reads " + input + " and no tokens");
    }

    public RnnShape rnnShape() {
        return new RnnShape(cell, layers, input.size(), hiddenSize, projection, bidirectional);
    }

    /** Numbers of a step that the head reads: D·H, or D·P with a projection. */
    public int outputSize() {
        return rnnShape().outputSize();
    }

    /** The tensors of {@code model.safetensors}: names as in PyTorch, and shapes. */
    public Map<String, List<Integer>> tensorShapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>(input.tensorShapes());
        for (ParameterLayout.Slot slot : ParameterLayout.ofRnn(rnnShape()).slots()) {
            shapes.put(RNN_PREFIX + slot.name(), slot.shape());
        }
        shapes.putAll(head.tensorShapes(outputSize()));
        return shapes;
    }

    /** Tensors of a network, all zero. */
    public Map<String, Tensor> zeros() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensorShapes()
                .forEach((name, shape) ->
                        tensors.put(name, new Tensor(shape, new float[Math.toIntExact(Tensor.elements(shape))])));
        return tensors;
    }

    /**
     * @throws LstmGpuException with exit code 3, naming the field that is missing, of another format or out of range
     */
    public static NetworkConfig read(Path file) {
        return NetworkConfigJson.read(file);
    }

    /**
     * Replaces the file as a whole.
     *
     * @param task what the network learns, as {@link #task} reads it again
     */
    public void write(Path file, String task) {
        NetworkConfigJson.write(this, task, file);
    }

    /** What {@link #write} puts into the file. */
    public ObjectNode json(String task) {
        return NetworkConfigJson.object(this, task);
    }

    /**
     * What the network of a file learns.
     *
     * @throws LstmGpuException as {@link #read}
     */
    public static String task(Path file) {
        return NetworkConfigJson.task(file);
    }
}
