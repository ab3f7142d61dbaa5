package lstmgpu.foreign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellTensor;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;

/**
 * Finds out which language model somebody's tensors are: recurrent ones by PyTorch's names under any prefix, embedding
 * and output by usual names, otherwise by the only shape that fits.
 */
final class ForeignLayout {
    private static final Pattern RECURRENT =
            Pattern.compile("(?<owner>(?:.*\\.)?)(?<stem>weight_ih|weight_hh|weight_hr|weight_peephole|weight_ln_ih"
                    + "|weight_ln_hh|weight_ln_c|bias_ln_c|bias_ih|bias_hh)"
                    + "(?:_l(?<layer>\\d{1,4})(?<reverse>_reverse)?)?");
    private static final Set<String> EMBEDDINGS = words("embedding embeddings embed embeds emb encoder wte"
            + " word_embedding word_embeddings token_embedding tok_embeddings embed_tokens char_embedding lookup lut");
    private static final Set<String> OUTPUTS =
            words("output decoder out fc fc1 fc_out linear linear1 head lm_head dense"
                    + " proj projection classifier logits h2o hidden2out h2out predict generator");
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    /** The largest vocabulary whose identity matrix is made. */
    private static final int MOST_WITHOUT_EMBEDDING = 4096;

    private final ForeignTensors tensors;
    private final Cell wanted;

    /** @param wanted the cell that was asked for, or null */
    ForeignLayout(ForeignTensors tensors, Cell wanted) {
        this.tensors = tensors;
        this.wanted = wanted;
    }

    private static Set<String> words(String line) {
        return Set.of(line.split(" "));
    }

    /**
     * A model, and which tensors of it the file has.
     *
     * @param sources the file's names by ours; what is not there is zero, or, of the embedding, the identity
     */
    record Found(NetworkConfig config, Map<String, String> sources) {}

    /**
     * @throws LstmGpuException with exit code 3 if something is missing, superfluous, ambiguous or has a shape that
     *     does not fit, with the names and shapes that are there; 2 if the shapes allow several cells, or not the
     *     wanted one
     */
    Found find() {
        int layers = placeRecurrent();
        List<Integer> recurrent = matrix(name(CellTensor.RECURRENT_WEIGHT, 0));
        int read = recurrent.get(1);
        boolean projects = tensors.has(name(CellTensor.PROJECTION_WEIGHT, 0));
        int hidden = projects ? matrix(name(CellTensor.PROJECTION_WEIGHT, 0)).get(1) : read;
        if (projects && read >= hidden) {
            throw tensors.refused("%s has %d columns, and %s %d: a projection gives fewer numbers than there are units"
                    .formatted(
                            tensors.named(name(CellTensor.PROJECTION_WEIGHT, 0)),
                            hidden,
                            tensors.named(name(CellTensor.RECURRENT_WEIGHT, 0)),
                            read));
        }
        int inputs = matrix(name(CellTensor.INPUT_WEIGHT, 0)).get(1);
        Cell cell = cell(recurrent.get(0), read, hidden);
        placeEmbedding(inputs);
        placeOutput(read);
        boolean embedded = tensors.has(InputPart.Tokens.EMBEDDING);
        boolean tied = embedded && !tensors.has(Head.WEIGHT);
        if (!embedded && !tensors.has(Head.WEIGHT)) {
            throw tensors.refused("there is neither an embedding nor an output matrix; name them with --map"
                    + " NAME=embedding.weight and --map NAME=output.weight");
        }
        int vocabulary =
                matrix(embedded ? InputPart.Tokens.EMBEDDING : Head.WEIGHT).get(0);
        if (!embedded && (inputs != vocabulary || inputs > MOST_WITHOUT_EMBEDDING)) {
            throw tensors.refused(
                    "there is no embedding of %d columns; name it with --map NAME=embedding.weight".formatted(inputs));
        }
        if (tied && inputs != read) {
            throw tensors.refused(
                    "there is no output matrix of %d columns; name it with --map NAME=output.weight".formatted(read));
        }
        requireSizes(vocabulary, inputs, hidden, layers);
        NetworkConfig config = NetworkConfig.ofTokens(cell, vocabulary, inputs, hidden, layers, 0, tied)
                .withProjection(projects ? read : 0);
        check(config);
        return new Found(config, tensors.sources());
    }

    private static String name(CellTensor tensor, int layer) {
        return NetworkConfig.RNN_PREFIX + tensor.in(layer);
    }

    /** @return L */
    private int placeRecurrent() {
        Set<String> owners = new TreeSet<>();
        Map<String, String> found = new HashMap<>();
        for (String name : tensors.left().keySet()) {
            Matcher matcher = RECURRENT.matcher(name);
            if (matcher.matches()) {
                requireOneWay(name, matcher);
                String layer = matcher.group("layer") == null ? "0" : matcher.group("layer");
                owners.add(matcher.group("owner"));
                found.put(
                        name,
                        "%s%s_l%d".formatted(NetworkConfig.RNN_PREFIX, matcher.group("stem"), Integer.valueOf(layer)));
            }
        }
        if (owners.size() > 1) {
            throw tensors.refused("there are several recurrent networks (%s); say with --map which tensors to take, and"
                            .formatted(ForeignTensors.shown(owners))
                    + " leave the others out with --map NAME=");
        }
        found.forEach(tensors::place);
        int layers = 0;
        while (tensors.has(name(CellTensor.RECURRENT_WEIGHT, layers))) {
            layers++;
        }
        if (layers == 0) {
            throw tensors.refused("there is no recurrent network, whose first tensor would be NAME.weight_ih_l0; name"
                    + " its tensors with --map NAME=rnn.weight_ih_l0 and so on");
        }
        return layers;
    }

    private void requireOneWay(String name, Matcher matcher) {
        if (matcher.group("reverse") != null) {
            throw tensors.refused("%s belongs to a network of two directions, which predicts no next token"
                    .formatted(ForeignTensors.shown(name)));
        }
    }

    private List<Integer> matrix(String own) {
        if (!tensors.has(own)) {
            throw tensors.refused("there is no %s".formatted(own));
        }
        List<Integer> shape = tensors.shape(own);
        if (shape.size() != 2 || shape.contains(0)) {
            throw tensors.refused("%s is no matrix, but %s".formatted(tensors.named(own), shape));
        }
        return shape;
    }

    private Cell cell(int rows, int read, int hidden) {
        boolean seen = tensors.has(name(CellTensor.PEEPHOLE_WEIGHT, 0));
        boolean normed = tensors.has(name(CellTensor.CELL_GAIN, 0));
        List<Cell> fitting = Arrays.stream(Cell.values())
                .filter(cell -> (long) cell.gates() * hidden == rows)
                .filter(cell -> read == hidden || read < hidden && cell.takesProjection())
                .filter(cell -> seen == cell.peepholes() > 0 && normed == cell.normalises())
                .toList();
        String name = tensors.named(name(CellTensor.RECURRENT_WEIGHT, 0));
        if (fitting.isEmpty()) {
            throw tensors.refused(
                    "%s has the shape [%d, %d], which is that of none of %s".formatted(name, rows, read, Cell.WORDS));
        }
        String words = fitting.stream().map(Cell::word).collect(Collectors.joining(" or "));
        List<Cell> usual = fitting.size() == 1
                ? fitting
                : fitting.stream().filter(Cell::isUsual).toList();
        if (wanted == null && usual.size() != 1) {
            throw LstmGpuException.usage(
                    "the shape [%d, %d] of %s may be that of %s; say which with --cell", rows, read, name, words);
        }
        if (wanted != null && !fitting.contains(wanted)) {
            throw LstmGpuException.usage(
                    "--cell %s: the shape [%d, %d] of %s is that of %s", wanted.word(), rows, read, name, words);
        }
        return wanted == null ? usual.getFirst() : wanted;
    }

    private void placeEmbedding(int inputs) {
        if (!tensors.has(InputPart.Tokens.EMBEDDING)) {
            choose(inputs, EMBEDDINGS, OUTPUTS, InputPart.Tokens.EMBEDDING);
        }
    }

    private void placeOutput(int hidden) {
        if (!tensors.has(Head.WEIGHT)) {
            choose(hidden, OUTPUTS, EMBEDDINGS, Head.WEIGHT);
        }
        if (tensors.has(Head.BIAS)) {
            return;
        }
        String matrix = tensors.sources().getOrDefault(Head.WEIGHT, "");
        String beside = matrix.endsWith(WEIGHT) ? matrix.substring(0, matrix.length() - WEIGHT.length()) + BIAS : "";
        if (tensors.left().containsKey(beside)) {
            tensors.place(beside, Head.BIAS);
            return;
        }
        List<String> vectors = tensors.left().entrySet().stream()
                .filter(entry -> entry.getValue().size() == 1)
                .map(Map.Entry::getKey)
                .toList();
        if (vectors.size() == 1) {
            tensors.place(vectors.getFirst(), Head.BIAS);
        }
    }

    /** The matrix of so many columns with one of these names, otherwise the only one without one of the others. */
    private void choose(int columns, Set<String> words, Set<String> others, String place) {
        List<String> named = new ArrayList<>();
        List<String> unnamed = new ArrayList<>();
        tensors.left().forEach((name, shape) -> {
            if (shape.size() == 2 && shape.get(1) == columns) {
                String word = word(name);
                (words.contains(word) ? named : others.contains(word) ? new ArrayList<String>() : unnamed).add(name);
            }
        });
        List<String> found = named.isEmpty() ? unnamed : named;
        if (found.size() > 1) {
            throw tensors.refused("%s may each be %s; say which with --map NAME=%s"
                    .formatted(ForeignTensors.shown(found), place, place));
        }
        found.forEach(name -> tensors.place(name, place));
    }

    /** Of {@code model.encoder.weight} the word "encoder". */
    private static String word(String name) {
        String owner = name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
        return owner.substring(owner.lastIndexOf('.') + 1);
    }

    private void requireSizes(int vocabulary, int inputs, int hidden, int layers) {
        int most = NetworkConfig.LARGEST_SIZE;
        if (inputs > most || hidden > most || layers > NetworkConfig.MOST_LAYERS) {
            throw tensors.refused(
                    "an embedding of %,d for %,d tokens and %,d layers of %,d units are more than there can be"
                            .formatted(inputs, vocabulary, layers, hidden));
        }
    }

    /** Whole biases may be missing, since networks can be made without; a part of them may not. */
    private void check(NetworkConfig config) {
        Map<String, List<Integer>> expected = config.tensorShapes();
        boolean biased = tensors.sources().keySet().stream().anyMatch(name -> name.startsWith("rnn.bias"));
        expected.forEach((name, shape) -> {
            if (tensors.has(name) && !tensors.shape(name).equals(shape)) {
                throw tensors.refused("%s has the shape %s where %s is needed beside the others"
                        .formatted(tensors.named(name), tensors.shape(name), shape));
            }
            boolean optional = name.equals(InputPart.Tokens.EMBEDDING)
                    || name.equals(Head.BIAS)
                    || name.startsWith("rnn.bias") && !biased;
            if (!tensors.has(name) && !optional) {
                throw tensors.refused("there is no %s %s; name it with --map NAME=%s".formatted(name, shape, name));
            }
        });
        Set<String> foreign = new TreeSet<>(tensors.left().keySet());
        tensors.sources().forEach((own, from) -> {
            if (!expected.containsKey(own)) {
                foreign.add(from);
            }
        });
        if (!foreign.isEmpty()) {
            throw tensors.refused("%s has no place in such a model; leave out what is not needed with --map NAME="
                    .formatted(ForeignTensors.shown(foreign)));
        }
    }
}
