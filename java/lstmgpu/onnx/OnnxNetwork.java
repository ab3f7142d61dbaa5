package lstmgpu.onnx;

import java.util.List;
import java.util.Map;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.onnx.OnnxGraph.Element;
import lstmgpu.onnx.OnnxGraph.Port;

/**
 * A network as a graph of ONNX. Sequences come first, then steps, as most programs have it; states are [L,B,H].
 *
 * <p>A network that reads forward and predicts at every step takes and gives its states, so that a sequence can go on
 * in the next call. One that reads in both directions, or tells the class of whole sequences, takes their lengths
 * instead: they begin from zero and end within the call.
 */
final class OnnxNetwork {
    /** The name of the axis of sequences. */
    static final String BATCH = "batch";

    /** The name of the axis of steps. */
    static final String LENGTH = "length";

    static final String TOKENS = "tokens";
    static final String FEATURES = "features";
    static final String LENGTHS = "lengths";

    /** INT32 in onnx.proto, which the recurrent operators want lengths to be. */
    private static final long INT32 = 6;

    private OnnxNetwork() {}

    /** Whether states go in and out. */
    static boolean carries(NetworkConfig config) {
        return !config.bidirectional() && !(config.head() instanceof Head.SequenceClass);
    }

    static OnnxGraph of(NetworkConfig config, Map<String, Tensor> weights) {
        OnnxGraph graph = new OnnxGraph();
        String x = input(graph, config, weights);
        String lengths = OnnxGraph.NONE;
        if (!carries(config)) {
            graph.input(new Port(
                    LENGTHS,
                    Element.INT64,
                    List.of(BATCH),
                    "steps of each sequence, from 1 to length; what lies behind is padding"));
            lengths = graph.node("Cast", "lengths/int32", Map.of("to", INT32), LENGTHS);
        }
        OnnxStack stack = new OnnxStack(graph, config, weights);
        OnnxStack.Said said = stack.build(x, lengths);
        new OnnxHead(graph, config, weights, InputPart.Tokens.EMBEDDING).build(said, lengths);
        if (carries(config)) {
            stack.giveStates();
        }
        return graph;
    }

    /** What the first layer reads, [T,B,I]. */
    private static String input(OnnxGraph graph, NetworkConfig config, Map<String, Tensor> weights) {
        return switch (config.input()) {
            case InputPart.Tokens tokens -> {
                String meaning = "tokens of the tokenizer, each from 0 to %d".formatted(tokens.vocabularySize() - 1);
                String given = graph.input(new Port(TOKENS, Element.INT64, List.of(BATCH, LENGTH), meaning));
                String turned = graph.node("Transpose", "tokens/turned", Map.of("perm", new long[] {1, 0}), given);
                Tensor table = weights.get(InputPart.Tokens.EMBEDDING);
                String embedding = graph.weights(InputPart.Tokens.EMBEDDING, table.shape(), table.values());
                yield graph.node("Gather", "embedded", Map.of("axis", 0L), embedding, turned);
            }
            case InputPart.Features features -> {
                List<Object> shape = List.of(BATCH, LENGTH, features.size());
                String given =
                        graph.input(new Port(FEATURES, Element.FLOAT, shape, "what is read at every step, scaled"));
                yield graph.node("Transpose", "features/turned", Map.of("perm", new long[] {1, 0, 2}), given);
            }
        };
    }
}
