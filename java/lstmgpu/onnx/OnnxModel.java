package lstmgpu.onnx;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.files.Protobuf;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/** A model of ONNX: a network's graph, and what a reader has to know of it. */
final class OnnxModel {
    /** The version of what these files have for inputs, outputs and metadata. */
    private static final int VERSION = 1;

    /** The version of the format that belongs to this set of operators. */
    private static final int FORMAT = 8;

    /** A message of Protocol Buffers ends at 2 GiB; what is no weights takes far less than a MiB. */
    private static final long MOST_BYTES = (1L << 31) - (1L << 20);

    private static final int MODEL_FORMAT = 1;
    private static final int PRODUCER = 2;
    private static final int GRAPH = 7;
    private static final int OPSET = 8;
    private static final int METADATA = 14;
    private static final int OPSET_VERSION = 2;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private final Protobuf message;

    /**
     * @param more metadata of this model beside what its configuration says
     * @throws LstmGpuException with exit code 2 if such a file cannot hold the weights
     */
    OnnxModel(NetworkConfig config, String task, Map<String, Tensor> weights, Map<String, String> more) {
        requireRoom(config);
        OnnxGraph graph = OnnxNetwork.of(config, weights);
        this.message = new Protobuf()
                .integer(MODEL_FORMAT, FORMAT)
                .text(PRODUCER, "lstm-gpu")
                .message(GRAPH, graph.message(task));
        message.message(OPSET, new Protobuf().integer(OPSET_VERSION, OnnxGraph.OPSET));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("onnx_version", String.valueOf(VERSION));
        ObjectNode fields = config.json(task);
        fields.properties()
                .forEach(field -> metadata.put(
                        field.getKey(),
                        field.getValue().isTextual()
                                ? field.getValue().textValue()
                                : field.getValue().toString()));
        metadata.putAll(more);
        graph.inputs().forEach(port -> metadata.put("input." + port.name(), port.meaning()));
        graph.outputs().forEach(port -> metadata.put("output." + port.name(), port.meaning()));
        metadata.forEach((key, value) ->
                message.message(METADATA, new Protobuf().text(KEY, key).text(VALUE, value)));
    }

    /** Before anything is made: that there is an operator for what the layers compute, and room for the weights. */
    static void requireRoom(NetworkConfig config) {
        var _ = OnnxCell.of(config.cell());
        if (config.projection() > 0) {
            throw LstmGpuException.usage("ONNX's operators have no projection; lstm-gpu alone runs this model");
        }
        if (config.zoneout().act()) {
            throw LstmGpuException.usage(
                    "ONNX has no operator for a model trained with zoneout; lstm-gpu alone runs it");
        }
        long bytes = Float.BYTES
                * config.tensorShapes().values().stream()
                        .mapToLong(Tensor::elements)
                        .sum();
        if (bytes > MOST_BYTES) {
            throw LstmGpuException.usage(
                    "the weights are %,d bytes, and an ONNX file ends at 2 GiB; use model.safetensors, which PyTorch"
                            + " reads",
                    bytes);
        }
    }

    void writeTo(OutputStream out) throws IOException {
        message.writeTo(out);
    }
}
