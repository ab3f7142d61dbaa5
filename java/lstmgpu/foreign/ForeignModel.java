package lstmgpu.foreign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.data.VocabularyFile;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;
import lstmgpu.models.LanguageModels;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.GenerationConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.Safetensors;

/**
 * A language model whose weights another program has written.
 *
 * @param sources the file's names by ours
 * @param zeros the tensors that the file lacks and that are zero
 * @param leftOut the file's tensors that are no weights, such as counts, with their types
 */
public record ForeignModel(
        NetworkConfig config,
        Map<String, Tensor> weights,
        Map<String, String> sources,
        List<String> zeros,
        List<String> leftOut) {
    private static final int ZIP = 0x504B0304;
    private static final byte PICKLE = (byte) 0x80;

    /** Where the header of safetensors begins. */
    private static final int HEADER = Long.BYTES;

    /**
     * Reads weights; names and shapes are judged before memory is taken for any value.
     *
     * @param map names here by names in the file; an empty one leaves a tensor out
     * @param cell where shapes do not tell; otherwise it may be null
     * @throws LstmGpuException with exit code 3 if the file cannot be read, is a pickle, or has tensors that make no
     *     language model, all of which are then named with their shapes; 2 if the map or the cell does not fit
     */
    public static ForeignModel read(Path file, Map<String, String> map, Cell cell) {
        requireNoPickle(file);
        ForeignLayout.Found[] found = new ForeignLayout.Found[1];
        List<String> leftOut = new ArrayList<>();
        Map<String, Tensor> theirs = Safetensors.readForeign(file, (shapes, others) -> {
            ForeignTensors tensors = new ForeignTensors(file.toString(), shapes, others);
            tensors.place(map);
            found[0] = new ForeignLayout(tensors, cell).find();
            leftOut.addAll(tensors.leftOut());
        });
        return of(file, found[0], theirs, List.copyOf(leftOut));
    }

    private static ForeignModel of(
            Path file, ForeignLayout.Found found, Map<String, Tensor> theirs, List<String> leftOut) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        List<String> zeros = new ArrayList<>();
        found.config().tensorShapes().forEach((name, shape) -> {
            String from = found.sources().get(name);
            if (from != null) {
                weights.put(name, finite(file, from, theirs.get(from)));
            } else if (name.equals(InputPart.Tokens.EMBEDDING)) {
                weights.put(name, identity(shape));
            } else {
                zeros.add(name);
                weights.put(name, new Tensor(shape, new float[Math.toIntExact(Tensor.elements(shape))]));
            }
        });
        return new ForeignModel(found.config(), weights, found.sources(), List.copyOf(zeros), leftOut).tied();
    }

    /** Whether the file has an embedding; otherwise the network reads a one for each token, and zeros. */
    public boolean embedded() {
        return sources.containsKey(InputPart.Tokens.EMBEDDING);
    }

    /** The tensors that have other names in the file than here, in a line; the recurrent ones are told by the first. */
    public String renamed() {
        return Stream.of(InputPart.Tokens.EMBEDDING, NetworkConfig.RNN_PREFIX + "weight_ih_l0", Head.WEIGHT, Head.BIAS)
                .filter(own -> weights.containsKey(own) && sources.containsKey(own))
                .filter(own -> !sources.get(own).equals(own))
                .map(own -> "%s is %s".formatted(own, ForeignTensors.shown(sources.get(own))))
                .collect(Collectors.joining(", "));
    }

    /** Programs that tie their weights often write them twice. */
    private ForeignModel tied() {
        Tensor output = weights.get(Head.WEIGHT);
        Tensor embedding = weights.get(InputPart.Tokens.EMBEDDING);
        if (output == null || !output.shape().equals(embedding.shape())) {
            return this;
        }
        if (!Arrays.equals(output.values(), embedding.values())) {
            return this;
        }
        Map<String, Tensor> fewer = new LinkedHashMap<>(weights);
        fewer.remove(Head.WEIGHT);
        NetworkConfig same = NetworkConfig.ofTokens(
                        config.cell(),
                        config.vocabularySize(),
                        config.embeddingSize(),
                        config.hiddenSize(),
                        config.layers(),
                        0,
                        true)
                .withProjection(config.projection());
        return new ForeignModel(same, fewer, sources, zeros, leftOut);
    }

    private static Tensor finite(Path file, String name, Tensor tensor) {
        for (int i = 0; i < tensor.values().length; i++) {
            if (!Float.isFinite(tensor.values()[i])) {
                throw LstmGpuException.data(
                        "%s: the tensor %s holds %s at element %d, and a network computes nothing with that",
                        file, ForeignTensors.shown(name), tensor.values()[i], i);
            }
        }
        return tensor;
    }

    private static Tensor identity(List<Integer> shape) {
        int size = shape.getFirst();
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) {
            values[i * size + i] = 1;
        }
        return new Tensor(shape, values);
    }

    /** Opening a pickle can run anything, so nothing of one is read. */
    private static void requireNoPickle(Path file) {
        ByteBuffer first = ByteBuffer.allocate(HEADER + 1);
        try (FileChannel channel = RegularFile.read(file)) {
            while (first.hasRemaining() && channel.read(first) >= 0) {
                // until the first byte of a header is there, or the end
            }
        } catch (NoSuchFileException absent) {
            throw LstmGpuException.data("%s is not there; name a file of weights in the format safetensors", file);
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean ending = name.matches(".*\\.(pt|pth|bin|ckpt|pkl|t7)");
        // The length that a header begins with may look like a pickle.
        boolean header = first.get(HEADER) == '{';
        if (!header && (ending || first.getInt(0) == ZIP || first.get(0) == PICKLE)) {
            throw LstmGpuException.data(
                    "%s is a file of torch.save, and opening such a file can run whatever is in it, so it is not read"
                            + " here; write its weights anew with python3 -c 'import torch, safetensors.torch as s;"
                            + " s.save_file({k: v.clone().contiguous() for k, v in torch.load(\"FILE.pt\","
                            + " weights_only=True).items()}, \"FILE.safetensors\")' and import that",
                    file);
        }
    }

    /**
     * Writes a model's directory.
     *
     * @param path a new folder, or one whose model may be replaced
     * @param vocabulary the rows of the weights are brought into the order of its tokenizer
     * @throws LstmGpuException as {@link ModelDirectory#create}
     */
    public void write(Path path, boolean overwrite, VocabularyFile.Found vocabulary) {
        Map<String, Tensor> ordered = new HashMap<>(weights);
        for (String name : List.of(InputPart.Tokens.EMBEDDING, Head.WEIGHT, Head.BIAS)) {
            ordered.computeIfPresent(name, (_, tensor) -> rows(tensor, vocabulary.places()));
        }
        Map<String, Tensor> inPlace = new LinkedHashMap<>();
        config.tensorShapes().keySet().forEach(name -> inPlace.put(name, ordered.get(name)));
        try (ModelDirectory directory = ModelDirectory.create(path, overwrite)) {
            directory.saveConfig(config, new LanguageModels().name());
            directory.saveTokenizer(vocabulary.tokenizer());
            directory.saveGenerationConfig(GenerationConfig.DEFAULT);
            directory.saveWeights(inPlace);
        }
    }

    private static Tensor rows(Tensor tensor, int... places) {
        int width = tensor.values().length / places.length;
        float[] values = new float[tensor.values().length];
        for (int row = 0; row < places.length; row++) {
            System.arraycopy(tensor.values(), places[row] * width, values, row * width, width);
        }
        return new Tensor(tensor.shape(), values);
    }
}
