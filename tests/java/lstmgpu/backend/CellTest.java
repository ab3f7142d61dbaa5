package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the cells say of themselves, and that nobody else decides by a cell's name. */
class CellTest {
    private static final Path SOURCES = Path.of("java", "lstmgpu");
    private static final Path DESIGN = Path.of("docs", "design.md");
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|(?m)^\\s*//[^\n]*", Pattern.DOTALL);

    /**
     * The constants wherever they stand, and the words where they are text; not within other names, the program's among
     * them.
     */
    private static final Pattern NAMED = Pattern.compile(
            "(?<![\\w-])(LSTM|GRU|RNN_TANH|RNN_RELU|LSTM_COUPLED|LSTM_PEEPHOLE|LSTM_LAYER_NORM)(?![\\w-])|\"[^\"\n"
                + "]*(?<![\\w=-])(lstm|gru|rnn_tanh|rnn_relu|lstm_coupled|lstm_peephole|lstm_layer_norm)(?![\\w-])");

    private static final String CELL = "backend/Cell.java";

    /** Of each backend the place that knows the formulas, or the numbers under which somebody else has them. */
    private static final List<String> TABLES = List.of(
            "backend/cpu/CellTiles.java",
            "backend/cuda/cudnn/CudnnLayerSpec.java",
            "backend/cuda/stream/TokenStreamShape.java",
            "backend/kernels/CellKernels.java",
            "backend/reference/ReferenceCell.java",
            "onnx/OnnxCell.java");

    @Test
    void onlyTheTablesNameCells() throws IOException {
        TreeSet<String> naming = new TreeSet<>();
        for (Path source : sources()) {
            String code = COMMENT.matcher(Files.readString(source)).replaceAll("");
            if (NAMED.matcher(code).find()) {
                naming.add(SOURCES.relativize(source).toString().replace('\\', '/'));
            }
        }
        TreeSet<String> allowed = new TreeSet<>(TABLES);
        allowed.add(CELL);
        assertEquals(allowed, naming);
    }

    /** A count of gates in place of a name would be the same question. */
    @Test
    void nobodyTakesANumberOfGatesForAName() throws IOException {
        Pattern disguised = Pattern.compile("\\b(gates|sides|kept)\\(\\)\\s*[=!]=|switch \\([^)]*(gates|sides)\\(\\)");
        for (Path source : sources()) {
            assertTrue(!disguised.matcher(Files.readString(source)).find(), source.toString());
        }
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            assertTrue(sources.size() > 200, "only " + sources.size() + " sources");
            return sources;
        }
    }

    @Test
    void theDesignPageListsTheTables() throws IOException {
        String page = Files.readString(DESIGN);
        String part = page.substring(page.indexOf("## Adding a cell")).split("\n## ", 2)[0];
        for (String table : TABLES) {
            assertTrue(part.contains("java/lstmgpu/" + table), table);
        }
        assertTrue(part.contains("java/lstmgpu/" + CELL));
    }

    @Test
    void textsForPeopleHaveEveryCell() {
        List<String> words = Arrays.stream(Cell.values()).map(Cell::word).toList();
        List<String> named = Arrays.stream(Cell.values())
                .map(cell -> "%s (%s)".formatted(cell.word(), cell.longName()))
                .toList();
        assertEquals(enumerated(words), Cell.WORDS);
        assertEquals(enumerated(named) + ".", Cell.HELP);
        assertEquals(Cell.DEFAULT.word(), Cell.DEFAULT_WORD);
        for (Cell cell : Cell.values()) {
            assertEquals(cell, Cell.named(cell.word()).orElseThrow());
        }
        assertTrue(Cell.named("elman").isEmpty());
    }

    private static String enumerated(List<String> words) {
        int last = words.size() - 1;
        return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }

    /** PyTorch's: torch.nn.LSTM(5, 3, 2).state_dict() and so on; tests/peers/own_cells.py has those of no module. */
    @ParameterizedTest
    @EnumSource(Cell.class)
    void tensorsAreThoseOfPyTorch(Cell cell) {
        Map<String, Integer> gates = Map.of(
                "lstm",
                4,
                "gru",
                3,
                "rnn_tanh",
                1,
                "rnn_relu",
                1,
                "lstm_coupled",
                3,
                "lstm_peephole",
                4,
                "lstm_layer_norm",
                4);
        int rows = 3 * gates.get(cell.word());
        List<String> found = ParameterLayout.ofRnn(new RnnShape(cell, 2, 5, 3)).slots().stream()
                .map(slot -> slot.name() + " " + slot.shape())
                .toList();
        List<String> expected = new ArrayList<>();
        for (int layer = 0; layer < 2; layer++) {
            int inputs = layer == 0 ? 5 : 3;
            expected.add("weight_ih_l%d [%d, %d]".formatted(layer, rows, inputs));
            expected.add("weight_hh_l%d [%d, 3]".formatted(layer, rows));
            expected.add("bias_ih_l%d [%d]".formatted(layer, rows));
            expected.add("bias_hh_l%d [%d]".formatted(layer, rows));
            if (cell.word().equals("lstm_peephole")) {
                expected.add("weight_peephole_l%d [9]".formatted(layer));
            }
            if (cell.word().equals("lstm_layer_norm")) {
                expected.add("weight_ln_ih_l%d [12]".formatted(layer));
                expected.add("weight_ln_hh_l%d [12]".formatted(layer));
                expected.add("weight_ln_c_l%d [3]".formatted(layer));
                expected.add("bias_ln_c_l%d [3]".formatted(layer));
            }
        }
        assertEquals(expected, found);
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void biasesBeginAsTheGatesSay(Cell cell) {
        int units = 3;
        NetworkConfig config = NetworkConfig.ofTokens(cell, 7, 5, units, 2, 0, false);
        try (Backend backend = new ReferenceBackend();
                Network model = new Network(backend, config, Precision.FP32)) {
            model.initialise(3, Initialisation.ORTHOGONAL);
            Map<String, Tensor> tensors = model.tensors();
            for (int layer = 0; layer < 2; layer++) {
                for (int row = 0; row < cell.gates() * units; row++) {
                    CellSignal gate = cell.rows().get(row / units).signal();
                    assertEquals(
                            gate == CellSignal.FORGET ? 1 : cell.gates() == 3 && gate == CellSignal.INPUT ? -1 : 0,
                            tensors.get("rnn.bias_ih_l" + layer).values()[row]);
                    assertEquals(0, tensors.get("rnn.bias_hh_l" + layer).values()[row]);
                }
            }
        }
    }

    /** With them at 0 such a cell begins as an LSTM does. */
    @Test
    void peepholesBeginAtZeroUnlessAllIsUniform() {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM_PEEPHOLE, 7, 5, 6, 1, 0, false);
        try (Backend backend = new ReferenceBackend();
                Network model = new Network(backend, config, Precision.FP32)) {
            model.initialise(3, Initialisation.XAVIER);
            assertArrayEquals(
                    new float[18], model.tensors().get("rnn.weight_peephole_l0").values());
            model.initialise(3, Initialisation.UNIFORM);
            for (float weight : model.tensors().get("rnn.weight_peephole_l0").values()) {
                assertTrue(weight != 0 && Math.abs(weight) <= 1 / Math.sqrt(6), String.valueOf(weight));
            }
        }
    }

    /** As PyTorch's LayerNorm does, however else a network begins. */
    @ParameterizedTest
    @EnumSource(Initialisation.class)
    void normsBeginWithGainsOfOne(Initialisation initialisation) {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM_LAYER_NORM, 7, 5, 2, 1, 0, false);
        try (Backend backend = new ReferenceBackend();
                Network model = new Network(backend, config, Precision.FP32)) {
            model.initialise(3, initialisation);
            Map<String, Tensor> tensors = model.tensors();
            for (String gains : new String[] {"rnn.weight_ln_ih_l0", "rnn.weight_ln_hh_l0"}) {
                assertArrayEquals(
                        new float[] {1, 1, 1, 1, 1, 1, 1, 1}, tensors.get(gains).values());
            }
            assertArrayEquals(
                    new float[] {1, 1}, tensors.get("rnn.weight_ln_c_l0").values());
            assertArrayEquals(new float[2], tensors.get("rnn.bias_ln_c_l0").values());
        }
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void aDescriptionAgreesWithItself(Cell cell) {
        assertEquals(CellSignal.HIDDEN, cell.states().getFirst());
        assertTrue(cell.states().size() <= 2
                && cell.hasCellState() == (cell.states().size() == 2));
        assertTrue(cell.signals().containsAll(cell.states()));
        List<CellSignal> gates = cell.rows().stream().map(Gate::signal).toList();
        assertTrue(cell.signals().containsAll(gates), gates.toString());
        assertEquals(
                cell.signals().size(),
                Stream.concat(gates.stream(), cell.states().stream()).distinct().count());
        for (int gate = 0; gate < gates.size(); gate++) {
            int own = gate;
            cell.rows().get(gate).weigher().ifPresent(weigher -> {
                assertTrue(weigher < own, "a gate is weighed by an earlier one");
                assertEquals(gates.size() - 1, own, "only the last gate is split");
            });
        }
        assertTrue(cell.kept() == 0 || cell.kept() == cell.sides());
    }

    @Test
    void whatBackwardReadsAndWhereTheStateIs() {
        assertEquals(
                Map.of(
                        "lstm",
                        4,
                        "gru",
                        4,
                        "rnn_tanh",
                        0,
                        "rnn_relu",
                        0,
                        "lstm_coupled",
                        3,
                        "lstm_peephole",
                        4,
                        "lstm_layer_norm",
                        8),
                each(Cell::kept));
        assertEquals(
                Map.of(
                        "lstm",
                        4,
                        "gru",
                        4,
                        "rnn_tanh",
                        1,
                        "rnn_relu",
                        1,
                        "lstm_coupled",
                        3,
                        "lstm_peephole",
                        4,
                        "lstm_layer_norm",
                        8),
                each(Cell::sides));
        assertEquals(
                Map.of(
                        "lstm",
                        "c",
                        "gru",
                        "h",
                        "rnn_tanh",
                        "h",
                        "rnn_relu",
                        "h",
                        "lstm_coupled",
                        "c",
                        "lstm_peephole",
                        "c",
                        "lstm_layer_norm",
                        "c"),
                each(cell -> cell.memory().label().split(" ")[2]));
    }

    private static <T> Map<String, T> each(Function<Cell, T> question) {
        return Arrays.stream(Cell.values()).collect(Collectors.toMap(Cell::word, question));
    }
}
