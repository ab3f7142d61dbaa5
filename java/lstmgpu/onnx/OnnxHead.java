package lstmgpu.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Pooling;
import lstmgpu.network.Head;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.ValueLoss;
import lstmgpu.onnx.OnnxGraph.Element;
import lstmgpu.onnx.OnnxGraph.Port;

/** A network's head as operators. */
final class OnnxHead {
    static final String LOGITS = "logits";
    static final String VALUES = "values";
    static final String PROBABILITIES = "probabilities";

    /** What no step's output is below. */
    private static final float LOWEST = -Float.MAX_VALUE;

    private final OnnxGraph graph;
    private final NetworkConfig config;
    private final Map<String, Tensor> weights;
    private final String matrix;

    /** @param embedding the name of the embedding where the weights are tied */
    OnnxHead(OnnxGraph graph, NetworkConfig config, Map<String, Tensor> weights, String embedding) {
        this.graph = graph;
        this.config = config;
        this.weights = weights;
        this.matrix = config.tieWeights() ? embedding : weights(Head.WEIGHT);
    }

    private String weights(String name) {
        Tensor tensor = weights.get(name);
        return graph.weights(name, tensor.shape(), tensor.values());
    }

    /** The name of the output with the head's own numbers. */
    static String output(Head head) {
        return head instanceof Head.Values ? VALUES : LOGITS;
    }

    /** @param lengths INT32 [B] where sequences have their own */
    void build(OnnxStack.Said said, String lengths) {
        switch (config.head()) {
            case Head.NextToken next -> {
                linear(turned(said.outputs()), LOGITS);
                output(LOGITS, List.of(next.size()), "of every step, how probable each next token is before softmax");
            }
            case Head.Values values -> values(values, turned(said.outputs()));
            case Head.SequenceClass classes -> {
                linear(pooled(classes.pooling(), said, lengths), LOGITS);
                graph.node("Softmax", PROBABILITIES, Map.of("axis", -1L), LOGITS);
                List<Object> shape = List.of(OnnxNetwork.BATCH, classes.size());
                graph.output(new Port(LOGITS, Element.FLOAT, shape, "of every sequence, one number a class"));
                graph.output(new Port(PROBABILITIES, Element.FLOAT, shape, "softmax of the logits"));
            }
        }
    }

    private void values(Head.Values head, String outputs) {
        if (head.loss() instanceof ValueLoss.Quantiles quantiles) {
            String all = linear(outputs, "values/all");
            String shape =
                    graph.constant(0, 0, head.targets(), quantiles.levels().size());
            graph.node("Reshape", VALUES, Map.of(), all, shape);
            output(
                    VALUES,
                    List.of(head.targets(), quantiles.levels().size()),
                    "of every step and value, the quantiles " + quantiles.levels());
        } else {
            linear(outputs, VALUES);
            output(VALUES, List.of(head.targets()), "of every step, the values that the network predicts");
        }
    }

    private void output(String name, List<Integer> sizes, String meaning) {
        List<Object> shape = new ArrayList<>(List.of(OnnxNetwork.BATCH, OnnxNetwork.LENGTH));
        shape.addAll(sizes);
        graph.output(new Port(name, Element.FLOAT, shape, meaning));
    }

    /** [T,B,·] as [B,T,·]. */
    private String turned(String steps) {
        return graph.node("Transpose", "outputs", Map.of("perm", new long[] {1, 0, 2}), steps);
    }

    private String linear(String from, String to) {
        String columns = graph.node("Transpose", "output.columns", Map.of("perm", new long[] {1, 0}), matrix);
        String product = graph.node("MatMul", "output.product", Map.of(), from, columns);
        return graph.node("Add", to, Map.of(), product, weights(Head.BIAS));
    }

    /** One vector a sequence, [B,D·H]. */
    private String pooled(Pooling pooling, OnnxStack.Said said, String lengths) {
        return switch (pooling) {
            case LAST -> {
                String turned = graph.node("Transpose", "ends", Map.of("perm", new long[] {1, 0, 2}), said.ends());
                yield graph.node("Reshape", "pooled", Map.of(), turned, graph.constant(0, config.outputSize()));
            }
            case MEAN -> {
                String kept = kept(said.outputs(), lengths, 0);
                String sum = graph.node("ReduceSum", "sum", Map.of("keepdims", 0L), kept, graph.constant(0));
                String count = graph.node("Cast", "count", Map.of("to", (long) Element.FLOAT.number()), lengths);
                String column = graph.node("Unsqueeze", "count/column", Map.of(), count, graph.constant(1));
                yield graph.node("Div", "pooled", Map.of(), sum, column);
            }
            case MAX ->
                graph.node(
                        "ReduceMax",
                        "pooled",
                        Map.of("axes", new long[] {0}, "keepdims", 0L),
                        kept(said.outputs(), lengths, LOWEST));
        };
    }

    /** The outputs of a sequence's own steps, and a number in place of those behind its end. */
    private String kept(String outputs, String lengths, float otherwise) {
        String shape = graph.node("Shape", "outputs/shape", Map.of(), outputs);
        String steps = graph.node("Gather", "outputs/length", Map.of("axis", 0L), shape, graph.scalar(0));
        String places = graph.node("Range", "places", Map.of(), graph.scalar(0), steps, graph.scalar(1));
        String column = graph.node("Unsqueeze", "places/column", Map.of(), places, graph.constant(1));
        String ends = graph.node("Cast", "ends/wide", Map.of("to", (long) Element.INT64.number()), lengths);
        String inside = graph.node("Less", "inside", Map.of(), column, ends);
        String mask = graph.node("Unsqueeze", "mask", Map.of(), inside, graph.constant(2));
        return graph.node("Where", "outputs/kept", Map.of(), mask, outputs, graph.scalar("otherwise", otherwise));
    }
}
