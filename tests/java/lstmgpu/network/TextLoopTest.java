package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The CPU's loop of one text beside the same text by operations, with and without rounded weights. */
class TextLoopTest {
    private static final int VOCABULARY = 37;
    private static final int TOKENS = 60;
    private static final int[] PROMPT = {3, 1, 4, 1, 5};
    private static final SamplingSpec DRAWN = new SamplingSpec(0.9f, 0, 1, 0, 1.1f, 7);
    private static final SamplingSpec GREEDY = new SamplingSpec(0, 0, 1, 0, 1, 0);

    /** Of logits; roundings of float32 sums, carried through all steps. */
    private static final float TOLERANCE = 1e-4f;

    /** What was drawn, from which logits, and the state behind it. */
    private record Text(List<Integer> tokens, List<float[]> logits, RnnState state) {}

    private static NetworkConfig config(Cell cell) {
        return NetworkConfig.ofTokens(cell, VOCABULARY, 9, 50, 2, 0, false);
    }

    static List<NetworkConfig> networks() {
        List<NetworkConfig> networks = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            networks.add(config(cell));
            networks.add(config(cell).withZoneout(new ZoneoutRates(cell.hasCellState() ? 0.4f : 0, 0.2f)));
            if (cell.takesProjection()) {
                networks.add(config(cell).withProjection(19));
            }
        }
        return networks;
    }

    private static Network network(Backend backend, NetworkConfig config, RoundedWeights rounded) {
        Network model = new Network(backend, config, Precision.FP32);
        model.initialise(5, Initialisation.UNIFORM);
        if (rounded != null) {
            model.round(rounded);
        }
        return model;
    }

    /** @param table whether so many tokens are expected that the first layer reads a table */
    private static GenerationStep.Spec spec(SamplingSpec sampling, boolean table) {
        return new GenerationStep.Spec(1, sampling, 16, table ? 1000 : 10, true, true);
    }

    private static Text write(Network model, SamplingSpec sampling, boolean table, LogitEditor editor) {
        try (GenerationStep step = new GenerationStep(model, spec(sampling, table), editor)) {
            step.prompt(PROMPT);
            List<Integer> tokens = new ArrayList<>();
            List<float[]> logits = new ArrayList<>();
            int[] drawn = new int[step.block()];
            for (int i = 0; i < TOKENS; i++) {
                assertEquals(1, step.draw(1, drawn));
                tokens.add(drawn[0]);
                float[] all = new float[VOCABULARY];
                step.readLogits(all);
                logits.add(all);
            }
            return new Text(tokens, logits, step.state(0));
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void withAllBitsItIsWhatTheOperationsComputeBitForBit(NetworkConfig config) {
        for (int threads = 1; threads <= 3; threads++) {
            for (boolean table : new boolean[] {true, false}) {
                try (Backend backend = new CpuBackend(threads);
                        Network model = network(backend, config, null)) {
                    Text loop = write(model, DRAWN, table, null);
                    Text operations = write(model, DRAWN, table, _ -> {});
                    assertEquals(operations.tokens(), loop.tokens());
                    for (int i = 0; i < TOKENS; i++) {
                        assertArrayEquals(
                                operations.logits().get(i), loop.logits().get(i));
                    }
                    assertArrayEquals(operations.state().hidden(), loop.state().hidden());
                    assertArrayEquals(operations.state().cell(), loop.state().cell());
                }
            }
        }
    }

    /** Of the same numbers in float32, as {@code eval --weights} computes them; the same bits for any threads. */
    @ParameterizedTest
    @MethodSource("networks")
    void withRoundedWeightsItIsTheNetworkOfTheRoundedWeights(NetworkConfig config) {
        for (RoundedWeights form : RoundedWeights.values()) {
            for (boolean table : new boolean[] {true, false}) {
                Text first = null;
                for (int threads = 1; threads <= 3; threads++) {
                    try (Backend backend = new CpuBackend(threads);
                            Network model = network(backend, config, form)) {
                        assumeTrue(backend.drawing().multipliesRounded(), "this processor lacks AVX2");
                        Text rounded = write(model, GREEDY, table, null);
                        compare(rounded, model, table);
                        first = first == null ? rounded : first;
                        assertEquals(first.tokens(), rounded.tokens());
                        assertArrayEquals(
                                first.state().hidden(), rounded.state().hidden());
                    }
                }
            }
        }
    }

    /** The operations read the same tokens, whatever they would have drawn. */
    private static void compare(Text rounded, Network model, boolean table) {
        int[] at = {0};
        List<float[]> predicted = new ArrayList<>();
        write(model, GREEDY, table, logits -> {
            predicted.add(logits.clone());
            logits[rounded.tokens().get(at[0]++)] = 1e9f;
        });
        for (int i = 0; i < TOKENS; i++) {
            float[] expected = predicted.get(i);
            assertArrayEquals(expected, rounded.logits().get(i), TOLERANCE, "token " + i);
            float most = Float.NEGATIVE_INFINITY;
            for (float each : expected) {
                most = Math.max(most, each);
            }
            int drawn = rounded.tokens().get(i);
            assertTrue(expected[drawn] >= most - 2 * TOLERANCE, "token " + i + " was not the most probable one");
        }
    }

    /** A text has the bits that it has alone, whatever is beside it and however many threads there are. */
    @ParameterizedTest
    @MethodSource("networks")
    void textsSideBySideAreWhatEachIsAlone(NetworkConfig config) {
        for (RoundedWeights form : RoundedWeights.values()) {
            for (boolean table : new boolean[] {true, false}) {
                RnnState[] alone = new RnnState[19];
                for (int texts : new int[] {1, 4, 19}) {
                    try (Backend backend = new CpuBackend(1 + texts % 3);
                            Network model = network(backend, config, form)) {
                        assumeTrue(backend.drawing().multipliesRounded(), "this processor lacks AVX2");
                        for (int first = 0; first < alone.length; first += texts) {
                            besides(model, table, Math.min(first, alone.length - texts), texts, alone);
                        }
                    }
                }
            }
        }
    }

    /** Writes texts, each of its own seed, and compares them with what they were alone, or remembers that. */
    private static void besides(Network model, boolean table, int first, int texts, RnnState[] alone) {
        GenerationStep.Spec spec = new GenerationStep.Spec(texts, null, 16, table ? 1000 : 10, false, true);
        try (GenerationStep step = new GenerationStep(model, spec)) {
            for (int i = 0; i < texts; i++) {
                SamplingSpec own = new SamplingSpec(0.9f, 0, 1, 0, 1.1f, first + i);
                step.begin(i, own, 0, 0, step.state(i), PROMPT);
            }
            int[] drawn = new int[step.block() * texts];
            for (int i = 0; i < 12; i++) {
                step.draw(1, drawn);
            }
            for (int i = 0; i < texts; i++) {
                RnnState state = step.state(i);
                if (texts == 1) {
                    alone[first] = state;
                }
                assertArrayEquals(alone[first + i].hidden(), state.hidden(), texts + " texts, text " + i);
                assertArrayEquals(alone[first + i].cell(), state.cell(), texts + " texts, text " + i);
            }
        }
    }

    /** Rounding changes what is computed: otherwise the comparison above says nothing. */
    @Test
    void roundingIsSeen() {
        try (Backend backend = new CpuBackend(2);
                Network whole = network(backend, config(Cell.LSTM), null)) {
            float[] logits = write(whole, GREEDY, true, null).logits().getFirst();
            for (RoundedWeights form : RoundedWeights.values()) {
                try (Network rounded = network(backend, config(Cell.LSTM), form)) {
                    float[] others = write(rounded, GREEDY, true, null).logits().getFirst();
                    double difference = 0;
                    for (int v = 0; v < VOCABULARY; v++) {
                        difference = Math.max(difference, Math.abs(logits[v] - others[v]));
                    }
                    assertTrue(difference > 2 * TOLERANCE / 10, form + " differs by " + difference);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatItTakesIsCountedAndGivenBack(RoundedWeights form) {
        NetworkConfig large = NetworkConfig.ofTokens(Cell.GRU, 300, 20, 130, 2, 0, false);
        isCounted(large, form);
        isCounted(NetworkConfig.ofTokens(Cell.LSTM, 300, 20, 130, 2, 0, false).withProjection(40), form);
    }

    private static void isCounted(NetworkConfig large, RoundedWeights form) {
        for (boolean table : new boolean[] {true, false}) {
            try (Backend backend = new CpuBackend(1)) {
                Network model = network(backend, large, form);
                long need = MemoryNeed.bytes(
                        backend, counting -> new GenerationStep(model.on(counting), spec(DRAWN, table)));
                GenerationStep step = new GenerationStep(model, spec(DRAWN, table));
                assertEquals(need, backend.allocatedBytes());
                step.close();
                model.close();
                assertEquals(0, backend.allocatedBytes());
            }
        }
    }
}
