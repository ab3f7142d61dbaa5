package lstmgpu.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.backend.CellTensor;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.onnx.OnnxGraph.Element;
import lstmgpu.onnx.OnnxGraph.Port;

/** The recurrent layers of a network as operators, one a layer. */
final class OnnxStack {
    static final String FIRST_HIDDEN = "h0";
    static final String LAST_HIDDEN = "hn";
    static final String FIRST_CELL = "c0";
    static final String LAST_CELL = "cn";

    /** Which input of the operator P is. */
    private static final int PEEPHOLES = 7;

    private final OnnxGraph graph;
    private final NetworkConfig config;
    private final Map<String, Tensor> weights;
    private final OnnxCell cell;
    private final int directions;

    OnnxStack(OnnxGraph graph, NetworkConfig config, Map<String, Tensor> weights) {
        this.graph = graph;
        this.config = config;
        this.weights = weights;
        this.cell = OnnxCell.of(config.cell());
        this.directions = config.rnnShape().directions();
    }

    /**
     * What the stack says.
     *
     * @param outputs of every step, [T,B,D·H]
     * @param ends h of the last layer behind each sequence's last step, [D,B,H]
     */
    record Said(String outputs, String ends) {}

    /**
     * @param x what the first layer reads, [T,B,I]
     * @param lengths INT32 [B], or {@link OnnxGraph#NONE}, and then states go in and out
     */
    Said build(String x, String lengths) {
        boolean carries = lengths.isEmpty();
        List<String> hidden = carries ? first(FIRST_HIDDEN, "h") : List.of();
        boolean keeps = config.cell().hasCellState();
        List<String> cells = carries && keeps ? first(FIRST_CELL, "c") : List.of();
        String read = x;
        for (int layer = 0; layer < config.layers(); layer++) {
            List<String> inputs = new ArrayList<>(List.of(read));
            inputs.addAll(parameters(layer));
            inputs.add(lengths);
            if (carries) {
                inputs.add(hidden.get(layer));
            }
            if (carries && keeps) {
                inputs.add(cells.get(layer));
            }
            if (config.cell().peepholes() > 0) {
                while (inputs.size() < PEEPHOLES) {
                    inputs.add(OnnxGraph.NONE);
                }
                inputs.add(peepholes(layer));
            }
            String steps = "layer%d/steps".formatted(layer);
            List<String> outputs = new ArrayList<>(List.of(steps, part(LAST_HIDDEN, layer)));
            if (keeps) {
                outputs.add(part(LAST_CELL, layer));
            }
            graph.node(
                    cell.operator(),
                    outputs,
                    cell.attributes(config.hiddenSize(), directions),
                    inputs.toArray(String[]::new));
            read = joined(steps, layer);
        }
        return new Said(read, part(LAST_HIDDEN, config.layers() - 1));
    }

    /** The states come out, behind what the head says. */
    void giveStates() {
        last(LAST_HIDDEN, "h");
        if (config.cell().hasCellState()) {
            last(LAST_CELL, "c");
        }
    }

    /** [T,D,B,H] as [T,B,D·H]. */
    private String joined(String steps, int layer) {
        String turned = graph.node("Transpose", steps + "/turned", Map.of("perm", new long[] {0, 2, 1, 3}), steps);
        String width = graph.constant(0, 0, config.outputSize());
        return graph.node("Reshape", "layer%d/outputs".formatted(layer), Map.of(), turned, width);
    }

    /** A state of all layers goes in and is cut into one a layer. */
    private List<String> first(String name, String state) {
        graph.input(new Port(
                name,
                Element.FLOAT,
                shape(),
                "%s of every layer before the first step; zeros begin anew".formatted(state)));
        List<String> parts = parts(name);
        if (config.layers() > 1) {
            graph.node("Split", parts, Map.of("axis", 0L), name);
        }
        return parts;
    }

    /** A state of all layers comes out. */
    private void last(String name, String state) {
        if (config.layers() > 1) {
            graph.node("Concat", name, Map.of("axis", 0L), parts(name).toArray(String[]::new));
        }
        graph.output(new Port(
                name,
                Element.FLOAT,
                shape(),
                "%s of every layer behind the last step, from which the next call goes on".formatted(state)));
    }

    private List<Object> shape() {
        return List.of(config.layers(), OnnxNetwork.BATCH, config.hiddenSize());
    }

    private List<String> parts(String name) {
        return IntStream.range(0, config.layers())
                .mapToObj(layer -> part(name, layer))
                .toList();
    }

    /** A single layer's state is the whole. */
    private String part(String name, int layer) {
        return config.layers() == 1 ? name : "%s/%d".formatted(name, layer);
    }

    /** W [D,G·H,I], R [D,G·H,H] and both biases [D,2·G·H] in the operator's order of gates. */
    private List<String> parameters(int layer) {
        int rows = Math.multiplyExact(cell.gates().size(), config.hiddenSize());
        int inputs = config.rnnShape().inputOf(layer);
        String own = "layer%d/".formatted(layer);
        return List.of(
                weights(own + "W", List.of(directions, rows, inputs), layer, CellTensor.INPUT_WEIGHT),
                weights(own + "R", List.of(directions, rows, config.hiddenSize()), layer, CellTensor.RECURRENT_WEIGHT),
                weights(
                        own + "B",
                        List.of(directions, 2 * rows),
                        layer,
                        CellTensor.INPUT_BIAS,
                        CellTensor.RECURRENT_BIAS));
    }

    /** P [D,P·H] in the operator's order of gates. */
    private String peepholes(int layer) {
        int rows = Math.multiplyExact(config.cell().peepholes(), config.hiddenSize());
        float[] values = new float[Math.multiplyExact(directions, rows)];
        for (int direction = 0; direction < directions; direction++) {
            Tensor own = tensor(CellTensor.PEEPHOLE_WEIGHT, layer, direction);
            cell.putPeepholes(config.cell(), own.values(), values, direction * rows);
        }
        return graph.weights("layer%d/P".formatted(layer), List.of(directions, rows), values);
    }

    private Tensor tensor(CellTensor tensor, int layer, int direction) {
        return weights.get(NetworkConfig.RNN_PREFIX + tensor.in(layer, direction == 1));
    }

    private String weights(String name, List<Integer> shape, int layer, CellTensor... tensors) {
        float[] values = new float[Math.toIntExact(Tensor.elements(shape))];
        int at = 0;
        for (int direction = 0; direction < directions; direction++) {
            for (CellTensor tensor : tensors) {
                at = cell.put(config.cell(), tensor(tensor, layer, direction).values(), values, at);
            }
        }
        return graph.weights(name, shape, values);
    }
}
