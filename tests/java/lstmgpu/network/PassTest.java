package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of a whole step: proved by finite differences in float64, and the same on every path. */
class PassTest {
    private static final int STEPS = 4;
    private static final int BATCH = 2;
    private static final long SEED = 20240611;
    private static final double DELTA = 1e-5;
    private static final long ONE_CHUNK = Pass.LOGIT_BYTES;

    record Case(
            Cell cell, int layers, float dropout, ZoneoutRates zoneout, boolean tied, boolean table, long logitBytes) {
        Case(Cell cell, int layers, float dropout, boolean tied, boolean table, long logitBytes) {
            this(cell, layers, dropout, ZoneoutRates.NONE, tied, table, logitBytes);
        }

        NetworkConfig config() {
            return NetworkConfig.ofTokens(cell, 5, tied ? 6 : 3, 6, layers, dropout, tied)
                    .withZoneout(zoneout);
        }

        /** The other input path, where the cell has two. */
        boolean otherTable() {
            return takesTable(cell) && !table;
        }
    }

    private static boolean takesTable(Cell cell) {
        return new RnnShape(cell, 1, 1, 1).takesTable();
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            cases.add(new Case(cell, 1, 0, false, false, ONE_CHUNK));
            cases.add(new Case(cell, 2, 0.3f, true, takesTable(cell), 64));
        }
        cases.add(new Case(Cell.LSTM, 2, 0.3f, false, true, ONE_CHUNK));
        cases.add(new Case(Cell.LSTM, 2, 0.3f, new ZoneoutRates(0.4f, 0.2f), false, true, ONE_CHUNK));
        cases.add(new Case(Cell.GRU, 2, 0, new ZoneoutRates(0, 0.2f), false, false, ONE_CHUNK));
        cases.add(new Case(Cell.LSTM, 2, 0.3f, true, false, 64));
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithFiniteDifferences(Case test) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Network model = new Network(backend, test.config(), Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass pass = Pass.training(
                        model, Batch.Form.of(STEPS, BATCH), new Masks(clock, SEED), test.table(), test.logitBytes())) {
            begin(backend, model, clock, pass);
            double[] weights = doubles(backend, model.parameters());
            backend.fill(pass.gradients(), 0);
            pass.differentiate();
            double[] gradients = doubles(backend, pass.gradients());
            for (ParameterLayout.Slot slot : model.layout().slots()) {
                compare(backend, model, pass, slot, weights, gradients);
            }
        }
    }

    /** A state other than zero, and a step whose dropout masks are its own. */
    private static void begin(Backend backend, Network model, StepClock clock, Pass pass) {
        model.initialise(SEED, Initialisation.UNIFORM);
        clock.set(7, 7, 0);
        backend.upload(new int[] {0, 1, 2, 3, 4, 0, 1, 1}, pass.batch().inputs());
        backend.upload(new int[] {2, 3, 4, 0, 1, 1, 4, 2}, pass.batch().targets());
        pass.differentiate();
        pass.plan().carryState();
    }

    private static void compare(
            ReferenceBackend backend,
            Network model,
            Pass pass,
            ParameterLayout.Slot slot,
            double[] weights,
            double[] gradients) {
        double difference = 0;
        double norm = 0;
        for (int i = (int) slot.offset(); i < slot.offset() + slot.length(); i++) {
            double measured =
                    (lossAt(backend, model, pass, weights, i, DELTA) - lossAt(backend, model, pass, weights, i, -DELTA))
                            / (2 * DELTA);
            difference += (measured - gradients[i]) * (measured - gradients[i]);
            norm += measured * measured;
        }
        double error = Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-6);
        assertTrue(error < 5e-6, slot.name() + " is wrong by " + error + ", its norm is " + Math.sqrt(norm));
    }

    private static double lossAt(
            ReferenceBackend backend, Network model, Pass pass, double[] weights, int place, double delta) {
        double[] moved = weights.clone();
        moved[place] += delta;
        backend.upload(moved, model.parameters());
        pass.differentiate();
        double sum = 0;
        for (double loss : doubles(backend, pass.losses())) {
            sum += loss;
        }
        return sum / (STEPS * BATCH);
    }

    private static double[] doubles(ReferenceBackend backend, DeviceBuffer buffer) {
        double[] values = new double[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isTheSameOnTheCpuAndByBothInputPaths(Case test) {
        double[] expected;
        try (ReferenceBackend backend = new ReferenceBackend()) {
            expected = gradients(backend, test, test.table());
            assertArrayEquals(expected, gradients(backend, test, test.otherTable()), 1e-12, "the other input path");
        }
        try (CpuBackend backend = new CpuBackend(2)) {
            assertArrayEquals(expected, gradients(backend, test, test.table()), 1e-6, "on the CPU");
            assertArrayEquals(
                    expected, gradients(backend, test, test.otherTable()), 1e-6, "on the CPU, the other path");
        }
    }

    private static double[] gradients(Backend backend, Case test, boolean table) {
        try (Network model = new Network(backend, test.config(), Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass pass = Pass.training(
                        model, Batch.Form.of(STEPS, BATCH), new Masks(clock, SEED), table, test.logitBytes())) {
            begin(backend, model, clock, pass);
            backend.fill(pass.gradients(), 0);
            pass.differentiate();
            float[] values = new float[Math.toIntExact(pass.gradients().length())];
            backend.download(pass.gradients(), values);
            double[] result = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                result[i] = values[i];
            }
            return result;
        }
    }

    @Test
    void aStepTrainsEveryTensorAndCountsItsLoss() {
        Random random = new Random(SEED);
        int[] text = random.ints(200, 0, 5).toArray();
        Case test = new Case(Cell.GRU, 2, 0.2f, false, false, ONE_CHUNK);
        List<float[]> histories = new ArrayList<>();
        List<float[]> weights = new ArrayList<>();
        for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(2))) {
            try (backend) {
                StepRun run = StepRun.train(backend, test.config(), text, 12);
                histories.add(run.losses());
                weights.add(run.weights());
            }
        }
        assertEquals(TrainingStep.LOSS_HISTORY, histories.getFirst().length);
        assertTrue(histories.getFirst()[11] > 0, "the twelfth loss is recorded, seed " + SEED);
        assertEquals(0, histories.getFirst()[12], "and no thirteenth");
        assertArrayEquals(histories.getFirst(), histories.getLast(), 1e-4f, "losses, seed " + SEED);
        assertArrayEquals(weights.getFirst(), weights.getLast(), 2e-3f, "weights, seed " + SEED);
    }
}
