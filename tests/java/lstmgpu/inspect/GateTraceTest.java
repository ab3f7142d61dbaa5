package lstmgpu.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellSignal;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.network.Initialisation;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.ZoneoutRates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GateTraceTest {
    private static final int VOCABULARY = 9;
    private static final int EMBEDDING = 5;
    private static final int HIDDEN = 7;
    private static final int LAYERS = 3;

    private static NetworkConfig config(Cell cell) {
        return NetworkConfig.ofTokens(cell, VOCABULARY, EMBEDDING, HIDDEN, LAYERS, 0.5f, false);
    }

    /** After every step h and c of all layers are those of the reference. */
    @ParameterizedTest
    @EnumSource(Cell.class)
    void statesAreThoseOfTheReference(Cell cell) {
        checkStates(config(cell));
        if (cell.takesProjection()) {
            checkStates(config(cell).withProjection(4));
        }
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void unitsKeepAsMuchAsIsExpected(Cell cell) {
        checkStates(config(cell).withZoneout(new ZoneoutRates(cell.hasCellState() ? 0.4f : 0, 0.2f)));
    }

    private static void checkStates(NetworkConfig config) {
        int[] text = TestText.cycle(33, VOCABULARY);
        try (Backend backend = new ReferenceBackend();
                Network model = new Network(backend, config, Precision.FP32);
                RnnPlan plan = backend.recurrence().newRnnPlan(model.forwardSpec(1, 1), null);
                DeviceBuffer x = backend.alloc(ElementType.FLOAT32, EMBEDDING)) {
            model.initialise(5, Initialisation.ORTHOGONAL);
            GateTrace trace = new GateTrace(config, model.tensors());
            trace.read(3);
            trace.reset();
            for (int token : text) {
                trace.read(token);
                backend.upload(row(model, token), x);
                plan.forward(model.rnnPart(model.parameters()), new RnnInput.Features(x, null));
                plan.carryState();
                compare(plan.readState(), trace, config);
            }
        }
    }

    private static float[] row(Network model, int token) {
        float[] all = model.tensors().get(InputPart.Tokens.EMBEDDING).values();
        return Arrays.copyOfRange(all, token * EMBEDDING, (token + 1) * EMBEDDING);
    }

    /** The reference rounds its states to float32 when they are read. */
    private static void compare(RnnState expected, GateTrace trace, NetworkConfig config) {
        int shown = config.outputSize();
        for (int l = 0; l < LAYERS; l++) {
            for (int i = 0; i < shown; i++) {
                assertEquals(expected.hidden()[l * shown + i], trace.shown(l, i), 1e-6, "h of layer " + l);
            }
            for (int unit = 0; unit < HIDDEN; unit++) {
                int at = l * HIDDEN + unit;
                if (config.projection() == 0) {
                    assertEquals(trace.shown(l, unit), trace.value(l, CellSignal.HIDDEN, unit));
                }
                if (config.cell().hasCellState()) {
                    assertEquals(expected.cell()[at], trace.value(l, CellSignal.CELL, unit), 1e-6, "c of layer " + l);
                    assertEquals(Math.tanh(expected.cell()[at]), trace.memory(l, unit), 1e-6);
                }
            }
        }
    }

    /** Each gate has the name that its rows of the weights have: a large bias opens it, and only it. */
    @ParameterizedTest
    @EnumSource(
            value = Cell.class,
            names = {"LSTM", "GRU"})
    void gatesAreNamedInTheOrderOfTheWeights(Cell cell) {
        try (Backend backend = new ReferenceBackend();
                Network model = new Network(backend, config(cell), Precision.FP32)) {
            model.initialise(5, Initialisation.UNIFORM);
            List<CellSignal> rows = cell == Cell.LSTM
                    ? List.of(CellSignal.INPUT, CellSignal.FORGET, CellSignal.CANDIDATE, CellSignal.OUTPUT)
                    : List.of(CellSignal.RESET, CellSignal.UPDATE, CellSignal.CANDIDATE);
            for (int gate = 0; gate < rows.size(); gate++) {
                Map<String, Tensor> tensors = model.tensors();
                tensors.get("rnn.bias_ih_l0").values()[gate * HIDDEN + 2] = 40;
                GateTrace trace = new GateTrace(config(cell), tensors);
                trace.read(1);
                for (CellSignal signal : rows) {
                    double value = trace.value(0, signal, 2);
                    assertEquals(signal == rows.get(gate), value > 0.999, signal + " is " + value);
                }
            }
        }
    }

    @Test
    void whatACellDoesNotHaveIsRefused() {
        try (Backend backend = new ReferenceBackend();
                Network model = new Network(backend, config(Cell.GRU), Precision.FP32)) {
            GateTrace trace = new GateTrace(config(Cell.GRU), model.tensors());
            assertThrows(IllegalArgumentException.class, () -> trace.value(0, CellSignal.CELL, 0));
        }
    }
}
