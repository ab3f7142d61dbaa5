package lstmgpu.onnx;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;
import lstmgpu.models.Classifiers;
import lstmgpu.models.Forecasts;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.classify.Classifier;

/** A trained model as an ONNX file, which is there only where ONNX Runtime has shown that it is the same network. */
public final class OnnxExport {
    /** What the name of such a file ends in. */
    public static final String ENDING = ".onnx";

    private static final String TOKENIZER = "tokenizer.json";
    private static final String FORECAST = "forecast.json";
    private static final long BYTES_AT_MOST = 256L << 20;

    private final ModelDirectory directory;
    private final NetworkConfig config;
    private final String task;

    /** Files of the model that are needed beside its weights, by their names there. */
    private final Map<String, byte[]> beside = new LinkedHashMap<>();

    private final Map<String, String> metadata = new LinkedHashMap<>();

    /**
     * What was written.
     *
     * @param files the ONNX file first
     * @param bytes of it
     * @param worst by how much ONNX Runtime differs at most: the norm of the difference over the norm
     * @param runtime its version
     * @param judge the backend that it was compared with
     */
    public record Result(List<Path> files, long bytes, double worst, String runtime, String judge) {}

    /**
     * Reads what lies beside the weights.
     *
     * @throws LstmGpuException with exit code 3 if something there cannot be read, 2 if the weights are more than such
     *     a file can hold
     */
    public OnnxExport(ModelDirectory directory) {
        this.directory = directory;
        this.config = directory.config();
        this.task = directory.task();
        if (config.clusters() != null) {
            throw LstmGpuException.usage(
                    "a model with an adaptive softmax cannot become an ONNX file; train one with" + " --softmax full");
        }
        OnnxModel.requireRoom(config);
        if (config.input() instanceof InputPart.Tokens) {
            metadata.put("tokenizer", directory.inputTokenizer().kind());
            keep(TOKENIZER);
        }
        if (task.equals(new Classifiers().name())) {
            ArrayNode labels = JsonNodeFactory.instance.arrayNode();
            Classifiers.classifier(directory).labels().names().forEach(labels::add);
            metadata.put("labels", labels.toString());
            keep(Classifier.FILE);
        }
        if (task.equals(new Forecasts().name())) {
            Forecasts.model(directory);
            keep(FORECAST);
        }
    }

    private void keep(String name) {
        beside.put(name, RegularFile.bytes(directory.taskFile(name), BYTES_AT_MOST));
    }

    /**
     * Writes the file, and beside it what else is needed, each whole or not at all; what a file of that name had beside
     * it and this one does not need is deleted.
     *
     * @param file whose name ends in {@link #ENDING}
     * @throws LstmGpuException with exit code 3 if the weights cannot be read, 1 if ONNX Runtime computes something
     *     else or a file cannot be written; what lay there before is then as it was
     */
    public Result write(Path file) {
        Map<String, Tensor> weights = directory.weights();
        return write(file, weights, weights);
    }

    /**
     * @param written the weights that go into the file
     * @param expected those that it is compared with
     */
    Result write(Path file, Map<String, Tensor> written, Map<String, Tensor> expected) {
        OnnxModel model = new OnnxModel(config, task, written, metadata);
        List<Path> files = new ArrayList<>(List.of(file));
        OnnxCheck.Proof[] proof = new OnnxCheck.Proof[1];
        long[] bytes = new long[1];
        boolean replaced = RegularFile.exists(file);
        AtomicFiles.write(file, model::writeTo, whole -> {
            proof[0] = new OnnxCheck(config, expected).require(whole);
            bytes[0] = whole.toFile().length();
            beside.forEach((name, content) -> {
                Path other = beside(file, name);
                AtomicFiles.write(other, out -> out.write(content));
                files.add(other);
            });
        });
        if (replaced) {
            deleteStale(file);
        }
        return new Result(List.copyOf(files), bytes[0], proof[0].worst(), proof[0].runtime(), proof[0].judge());
    }

    private void deleteStale(Path file) {
        for (String name : List.of(TOKENIZER, FORECAST, Classifier.FILE)) {
            Path stale = beside(file, name);
            try {
                if (!beside.containsKey(name) && Files.isRegularFile(stale, LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(stale);
                }
            } catch (IOException failure) {
                throw IoErrors.unwritable(stale, failure);
            }
        }
    }

    /** {@code book.onnx} has {@code book.tokenizer.json} beside it. */
    private static Path beside(Path file, String name) {
        String own = file.getFileName().toString();
        return file.resolveSibling(own.substring(0, own.length() - ENDING.length()) + "." + name);
    }
}
