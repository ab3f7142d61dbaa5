package lstmgpu.task.classify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.files.Checksum;
import lstmgpu.files.JsonFields;
import lstmgpu.files.JsonFiles;
import lstmgpu.store.ModelDirectory;

/**
 * What {@code classifier.json} says, beside the weights and the tokenizer of a model.
 *
 * @param labels in the order of the network's classes
 * @param columns of the files that it was trained on
 * @param maxLength tokens of a text that it reads
 * @param weights how much a document of each class counts in the loss
 */
public record Classifier(Labels labels, DocumentColumns columns, int maxLength, List<Float> weights) {
    /** What the file is called. */
    public static final String FILE = "classifier.json";

    /** The longest text that a file may name. */
    public static final int LONGEST = 1 << 20;

    private static final float LARGEST_WEIGHT = 1e6f;

    public Classifier {
        weights = List.copyOf(weights);
    }

    /** Whether all classes count alike. */
    public boolean isEven() {
        return weights.stream().allMatch(weight -> weight.equals(weights.getFirst()));
    }

    /**
     * @throws LstmGpuException with exit code 3, naming the field that is missing, out of range or does not fit the
     *     network
     */
    public static Classifier read(ModelDirectory directory) {
        Path file = directory.taskFile(FILE);
        JsonFields fields = new JsonFields(file, JsonFiles.read(file));
        List<String> names = fields.texts("labels");
        int expected = directory.config().head().size();
        if (names.size() != expected
                || names.size() < 2
                || names.size() > Labels.MOST
                || new HashSet<>(names).size() != names.size()) {
            throw fields.wrong(
                    "labels",
                    "has %,d names; it has output_size %,d of config.json, each once and at most %,d"
                            .formatted(names.size(), expected, Labels.MOST));
        }
        List<Float> weights =
                fields.numbers("class_weights").stream().map(Double::floatValue).toList();
        if (weights.size() != names.size() || !weights.stream().allMatch(Classifier::isWeight)) {
            throw fields.wrong(
                    "class_weights", "is unfit; it is a number above 0 for each label, at most " + LARGEST_WEIGHT);
        }
        return new Classifier(
                new Labels(names),
                new DocumentColumns(fields.text("text_column"), fields.text("label_column")),
                fields.integer("max_length", 1, LONGEST),
                weights);
    }

    static boolean isWeight(float weight) {
        return weight > 0 && weight <= LARGEST_WEIGHT;
    }

    void write(Path file) {
        JsonFiles.write(file, object());
    }

    /** Of what the file says. */
    String checksum() {
        return Checksum.of(object().toString().getBytes(StandardCharsets.UTF_8));
    }

    private ObjectNode object() {
        ObjectNode object = JsonFiles.object();
        ArrayNode names = object.putArray("labels");
        labels.names().forEach(names::add);
        object.put("text_column", columns.text())
                .put("label_column", columns.label())
                .put("max_length", maxLength);
        ArrayNode numbers = object.putArray("class_weights");
        weights.forEach(numbers::add);
        return object;
    }
}
