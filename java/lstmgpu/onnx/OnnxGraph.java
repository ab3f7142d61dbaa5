package lstmgpu.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.files.Protobuf;

/** A graph of ONNX, built operator by operator; the field numbers are those of onnx.proto. */
final class OnnxGraph {
    /** The set of operators: the first with all that stands in these graphs is 14; 17 is what most programs read. */
    static final int OPSET = 17;

    /** No input where an operator has an optional one. */
    static final String NONE = "";

    private static final int NODE = 1;
    private static final int GRAPH_NAME = 2;
    private static final int INITIALIZER = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;

    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_NAME = 3;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;

    private static final int TENSOR_DIMENSION = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_BYTES = 9;

    private static final int VALUE_NAME = 1;
    private static final int VALUE_TYPE = 2;
    private static final int VALUE_TEXT = 3;
    private static final int TYPE_TENSOR = 1;
    private static final int ELEMENT_TYPE = 1;
    private static final int SHAPE = 2;
    private static final int DIMENSION = 1;
    private static final int DIMENSION_SIZE = 1;
    private static final int DIMENSION_NAME = 2;

    private final List<Protobuf> nodes = new ArrayList<>();
    private final List<Protobuf> initializers = new ArrayList<>();
    private final List<Port> inputs = new ArrayList<>();
    private final List<Port> outputs = new ArrayList<>();
    private final Map<String, String> constants = new LinkedHashMap<>();

    /** Types of elements, by their numbers in the format. */
    enum Element {
        FLOAT(1),
        INT64(7);

        private final int number;

        Element(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /**
     * An input or output.
     *
     * @param shape numbers, and names of what may be of any size
     * @param meaning in a sentence
     */
    record Port(String name, Element type, List<Object> shape, String meaning) {}

    /** The port's name. */
    String input(Port port) {
        inputs.add(port);
        return port.name();
    }

    void output(Port port) {
        outputs.add(port);
    }

    List<Port> inputs() {
        return List.copyOf(inputs);
    }

    List<Port> outputs() {
        return List.copyOf(outputs);
    }

    /** Weights under their name. */
    String weights(String name, List<Integer> shape, float[] values) {
        initializers.add(tensor(
                        name,
                        Element.FLOAT,
                        shape.stream().mapToLong(Integer::longValue).toArray())
                .floats(TENSOR_BYTES, values));
        return name;
    }

    /** Whole numbers that an operator takes as an input; the same ones are there once. */
    String constant(long... values) {
        return constants.computeIfAbsent("constant" + Arrays.toString(values), name -> {
            initializers.add(tensor(name, Element.INT64, values.length).longs(TENSOR_BYTES, values));
            return name;
        });
    }

    /** One whole number, without an axis. */
    String scalar(long value) {
        return constants.computeIfAbsent("scalar " + value, name -> {
            initializers.add(tensor(name, Element.INT64).longs(TENSOR_BYTES, value));
            return name;
        });
    }

    /** One real number, without an axis. */
    String scalar(String name, float value) {
        return weights(name, List.of(), new float[] {value});
    }

    private static Protobuf tensor(String name, Element type, long... shape) {
        Protobuf tensor = new Protobuf();
        for (long size : shape) {
            tensor.integer(TENSOR_DIMENSION, size);
        }
        return tensor.integer(TENSOR_TYPE, type.number()).text(TENSOR_NAME, name);
    }

    /** An operator with one output, whose name it gets and returns. */
    String node(String operator, String output, Map<String, Object> attributes, String... from) {
        node(operator, List.of(output), attributes, from);
        return output;
    }

    /** An operator with several outputs. */
    void node(String operator, List<String> to, Map<String, Object> attributes, String... from) {
        Protobuf node = new Protobuf();
        for (String name : from) {
            node.text(NODE_INPUT, name);
        }
        for (String name : to) {
            node.text(NODE_OUTPUT, name);
        }
        node.text(NODE_NAME, to.getFirst() + "/" + operator).text(NODE_OPERATOR, operator);
        attributes.forEach((name, value) -> node.message(NODE_ATTRIBUTE, OnnxAttribute.of(name, value)));
        nodes.add(node);
    }

    Protobuf message(String name) {
        Protobuf graph = new Protobuf();
        nodes.forEach(node -> graph.message(NODE, node));
        graph.text(GRAPH_NAME, name);
        initializers.forEach(initializer -> graph.message(INITIALIZER, initializer));
        inputs.forEach(port -> graph.message(GRAPH_INPUT, message(port)));
        outputs.forEach(port -> graph.message(GRAPH_OUTPUT, message(port)));
        return graph;
    }

    private static Protobuf message(Port port) {
        Protobuf shape = new Protobuf();
        for (Object size : port.shape()) {
            Protobuf dimension = size instanceof Integer number
                    ? new Protobuf().integer(DIMENSION_SIZE, number)
                    : new Protobuf().text(DIMENSION_NAME, (String) size);
            shape.message(DIMENSION, dimension);
        }
        Protobuf tensor =
                new Protobuf().integer(ELEMENT_TYPE, port.type().number()).message(SHAPE, shape);
        return new Protobuf()
                .text(VALUE_NAME, port.name())
                .message(VALUE_TYPE, new Protobuf().message(TYPE_TENSOR, tensor))
                .text(VALUE_TEXT, port.meaning());
    }
}
