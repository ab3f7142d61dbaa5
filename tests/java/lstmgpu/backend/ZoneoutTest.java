package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;

/** What training draws is on average what everything else computes, and the same however the work is divided. */
class ZoneoutTest {
    private static final int BATCH = 3;
    private static final int HIDDEN = 5;
    private static final int DRAWS = 4000;
    private static final RnnShape SHAPE = new RnnShape(Cell.LSTM, 1, 4, HIDDEN);

    /** The states after a step that begins with the same ones every time. */
    private static RnnState after(Backend backend, RnnPlan plan, Random random) {
        ParameterLayout layout = backend.recurrence().rnnLayout(SHAPE);
        float[] weights = values(random, (int) layout.length());
        float[] x = values(random, plan.spec().tokens() * SHAPE.inputSize());
        RnnState before = new RnnState(values(random, BATCH * HIDDEN), values(random, BATCH * HIDDEN));
        try (DeviceBuffer parameters = backend.alloc(ElementType.FLOAT32, weights.length);
                DeviceBuffer features = backend.alloc(ElementType.FLOAT32, x.length)) {
            backend.upload(weights, parameters);
            backend.upload(x, features);
            plan.writeState(before);
            plan.forward(parameters, new RnnInput.Features(features, null));
            plan.carryState();
            return plan.readState();
        }
    }

    private static float[] values(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    @Test
    void theMeanOfWhatIsDrawnIsTheExpectation() {
        RnnSpec spec = RnnSpec.training(SHAPE, 1, BATCH, Precision.FP32);
        double[] hidden = new double[BATCH * HIDDEN];
        double[] cell = new double[BATCH * HIDDEN];
        try (Backend backend = new CpuBackend(1);
                StepClock clock = new StepClock(backend);
                RnnPlan drawn = backend.recurrence().newRnnPlan(spec.withZoneout(Zoneout.drawn(0.5f, 0.2f, 3)), clock);
                RnnPlan expected = backend.recurrence()
                        .newRnnPlan(
                                RnnSpec.forward(SHAPE, 1, BATCH, Precision.FP32)
                                        .withZoneout(Zoneout.expected(0.5f, 0.2f)),
                                null)) {
            for (int draw = 0; draw < DRAWS; draw++) {
                clock.set(draw, 0, 0);
                RnnState state = after(backend, drawn, new Random(1));
                for (int i = 0; i < hidden.length; i++) {
                    hidden[i] += state.hidden()[i] / DRAWS;
                    cell[i] += state.cell()[i] / DRAWS;
                }
            }
            RnnState state = after(backend, expected, new Random(1));
            for (int i = 0; i < hidden.length; i++) {
                // Four standard errors of a mean of two values that are at most 2 apart.
                assertEquals(state.hidden()[i], hidden[i], 4 / Math.sqrt(DRAWS), "h " + i);
                assertEquals(state.cell()[i], cell[i], 4 / Math.sqrt(DRAWS), "c " + i);
            }
        }
    }

    @Test
    void threadsDoNotMatter() {
        RnnSpec spec = RnnSpec.training(SHAPE, 7, BATCH, Precision.FP32).withZoneout(Zoneout.drawn(0.5f, 0.2f, 3));
        RnnState[] states = new RnnState[3];
        for (int threads = 1; threads <= states.length; threads++) {
            try (Backend backend = new CpuBackend(threads);
                    StepClock clock = new StepClock(backend);
                    RnnPlan plan = backend.recurrence().newRnnPlan(spec, clock)) {
                clock.set(5, 0, 0);
                states[threads - 1] = after(backend, plan, new Random(1));
            }
            assertArrayEquals(states[0].hidden(), states[threads - 1].hidden());
            assertArrayEquals(states[0].cell(), states[threads - 1].cell());
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Zoneout.expected(1, 0));
        assertThrows(IllegalArgumentException.class, () -> Zoneout.expected(0, -0.1f));
        assertThrows(IllegalArgumentException.class, () -> Zoneout.expected(Float.NaN, 0));
        RnnSpec gru = RnnSpec.training(new RnnShape(Cell.GRU, 1, 4, HIDDEN), 1, BATCH, Precision.FP32);
        assertThrows(IllegalArgumentException.class, () -> gru.withZoneout(Zoneout.expected(0.1f, 0)));
        RnnSpec drawn = gru.withZoneout(Zoneout.drawn(0, 0.1f, 1));
        try (Backend backend = new CpuBackend(1)) {
            assertTrue(assertThrows(
                            IllegalArgumentException.class,
                            () -> backend.recurrence().newRnnPlan(drawn, null))
                    .getMessage()
                    .contains("clock"));
        }
    }
}
