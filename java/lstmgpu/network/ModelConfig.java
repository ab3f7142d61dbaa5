package lstmgpu.network;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnShape;
import lstmgpu.files.JsonFields;
import lstmgpu.files.JsonFiles;

/**
 * What {@code config.json} says of a language model.
 *
 * @param dropout probability used in training; the model itself does not need it
 * @param tieWeights whether the output matrix is the embedding, which needs equal embedding and hidden sizes
 */
public record ModelConfig(
        Cell cell,
        int vocabularySize,
        int embeddingSize,
        int hiddenSize,
        int layers,
        float dropout,
        boolean tieWeights) {
    /** The largest hidden and embedding size that a file may name. */
    public static final int LARGEST_SIZE = 1 << 16;

    /** The most layers that a file may name. */
    public static final int MOST_LAYERS = 1 << 10;

    private static final int FORMAT_VERSION = 1;
    private static final String MODEL_TYPE = "lstm-gpu";
    private static final String TASK = "language-model";

    /** The same network for a vocabulary of another size. */
    public ModelConfig withVocabulary(int size) {
        return new ModelConfig(cell, size, embeddingSize, hiddenSize, layers, dropout, tieWeights);
    }

    public RnnShape rnnShape() {
        return new RnnShape(cell, layers, embeddingSize, hiddenSize);
    }

    /** The tensors of {@code model.safetensors}: names as in PyTorch, and shapes. */
    public Map<String, List<Integer>> tensorShapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        shapes.put("embedding.weight", List.of(vocabularySize, embeddingSize));
        for (ParameterLayout.Slot slot : ParameterLayout.ofRnn(rnnShape()).slots()) {
            shapes.put("rnn." + slot.name(), slot.shape());
        }
        if (!tieWeights) {
            shapes.put("output.weight", List.of(vocabularySize, hiddenSize));
        }
        shapes.put("output.bias", List.of(vocabularySize));
        return shapes;
    }

    /**
     * @throws LstmGpuException with exit code 3, naming the field that is missing, of another format or out of range
     */
    public static ModelConfig read(Path file) {
        JsonFields fields = new JsonFields(file, JsonFiles.read(file));
        checkFormat(fields);
        ModelConfig config = new ModelConfig(
                cell(fields),
                fields.integer("vocab_size", 1, Integer.MAX_VALUE),
                fields.integer("embedding_size", 1, LARGEST_SIZE),
                fields.integer("hidden_size", 1, LARGEST_SIZE),
                fields.integer("num_layers", 1, MOST_LAYERS),
                (float) fields.number("dropout", 0, Math.nextDown(1f)),
                fields.flag("tie_weights"));
        if (config.tieWeights && config.embeddingSize != config.hiddenSize) {
            throw fields.wrong(
                    "tie_weights",
                    "is true, which needs embedding_size %d and hidden_size %d to be equal"
                            .formatted(config.embeddingSize, config.hiddenSize));
        }
        return config;
    }

    /** Replaces the file as a whole. */
    public void write(Path file) {
        ObjectNode object = JsonFiles.object();
        object.put("format_version", FORMAT_VERSION)
                .put("model_type", MODEL_TYPE)
                .put("task", TASK);
        object.put("cell", cell.word());
        object.put("vocab_size", vocabularySize).put("embedding_size", embeddingSize);
        object.put("hidden_size", hiddenSize).put("num_layers", layers);
        object.put("dropout", dropout).put("tie_weights", tieWeights);
        JsonFiles.write(file, object);
    }

    private static void checkFormat(JsonFields fields) {
        int version = fields.integer("format_version", 1, Integer.MAX_VALUE);
        if (version != FORMAT_VERSION) {
            throw fields.wrong(
                    "format_version",
                    "is %d and only %d is known here; use a newer lstm-gpu".formatted(version, FORMAT_VERSION));
        }
        if (!fields.text("model_type").equals(MODEL_TYPE)) {
            throw fields.wrong("model_type", "is '%s'; it is '%s'".formatted(fields.text("model_type"), MODEL_TYPE));
        }
        if (!fields.text("task").equals(TASK)) {
            throw fields.wrong("task", "is '%s'; only '%s' is known here".formatted(fields.text("task"), TASK));
        }
    }

    private static Cell cell(JsonFields fields) {
        String name = fields.text("cell");
        return Cell.named(name)
                .orElseThrow(() -> fields.wrong("cell", "is '%s'; it is %s".formatted(name, Cell.WORDS)));
    }
}
