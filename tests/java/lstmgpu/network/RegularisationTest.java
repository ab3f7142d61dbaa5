package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What regularises a training step does the same on every backend, and nothing where it is off. That it is what the
 * papers say is in {@code tests/peers/test_regularisation.py}.
 */
class RegularisationTest {
    private static final int VOCABULARY = 9;
    private static final int[] TEXT = TestText.cycle(StepRun.BATCH * StepRun.STEPS * 6 + 1, VOCABULARY);
    private static final int STEPS = 40;
    private static final Regularisation ALL = new Regularisation(0.2f, 0.1f, 0.2f, 0.1f, true, 0.5f, 0.5f, 0.1f);

    private static NetworkConfig config(Cell cell) {
        return NetworkConfig.ofTokens(cell, VOCABULARY, 6, 12, 2, 0.1f, false);
    }

    private static StepRun train(Supplier<Backend> open, RnnImplementation rnn, Cell cell, Regularisation wanted) {
        try (Backend backend = open.get()) {
            return StepRun.train(backend, rnn, config(cell), TEXT, STEPS, wanted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCpusLossCurveIsTheReferences(Cell cell) {
        StepRun expected = train(ReferenceBackend::new, RnnImplementation.AUTO, cell, ALL);
        train(() -> new CpuBackend(2), RnnImplementation.AUTO, cell, ALL).requireCurveOf(expected, STEPS, "CPU");
    }

    @ParameterizedTest
    @EnumSource(
            value = RnnImplementation.class,
            names = {"FUSED", "CUDNN"})
    void cudasLossCurveIsTheReferences(RnnImplementation plan) {
        StepRun expected = train(ReferenceBackend::new, RnnImplementation.AUTO, Cell.LSTM, ALL);
        train(CudaTestBackend::open, plan, Cell.LSTM, ALL).requireCurveOf(expected, STEPS, "CUDA");
    }

    @Test
    void openClsLossCurveIsTheReferences() {
        OpenClTestBackend.requirePresent();
        StepRun expected = train(ReferenceBackend::new, RnnImplementation.AUTO, Cell.GRU, ALL);
        train(OpenClTestBackend::open, RnnImplementation.AUTO, Cell.GRU, ALL).requireCurveOf(expected, STEPS, "OpenCL");
    }

    static List<Regularisation> pieces() {
        return List.of(
                new Regularisation(0.2f, 0, null, 0, false, 0, 0, 0),
                new Regularisation(0, 0.2f, null, 0, false, 0, 0, 0),
                new Regularisation(0, 0, 0.5f, 0, false, 0, 0, 0),
                new Regularisation(0, 0, null, 0.2f, false, 0, 0, 0),
                new Regularisation(0, 0, null, 0, true, 0, 0, 0),
                new Regularisation(0, 0, null, 0, false, 1, 0, 0),
                new Regularisation(0, 0, null, 0, false, 0, 1, 0),
                new Regularisation(0, 0, null, 0, false, 0, 0, 0.1f));
    }

    /** A piece that did nothing would also be the same everywhere. */
    @ParameterizedTest
    @MethodSource("pieces")
    void everyPieceChangesWhatIsLearnt(Regularisation piece) {
        Supplier<Backend> open = () -> new CpuBackend(1);
        float[] without = train(open, RnnImplementation.AUTO, Cell.LSTM, Regularisation.NONE)
                .weights();
        float[] with = train(open, RnnImplementation.AUTO, Cell.LSTM, piece).weights();
        double change = 0;
        for (int i = 0; i < with.length; i++) {
            change = Math.max(change, Math.abs(with[i] - without[i]));
        }
        assertTrue(change > 0.01, "weights differ by " + change);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, 0, 0, 0, '--weight-drop must lie in [0, 1), not 1.0'",
        "0, -0.1, 0, 0, 0, 0, '--input-dropout must lie in [0, 1), not -0.1'",
        "0, 0, NaN, 0, 0, 0, '--word-dropout must lie in [0, 1), not NaN'",
        "0, 0, 0, -1, 0, 0, '--activation-penalty must be 0 or above, not -1.0'",
        "0, 0, 0, 0, Infinity, 0, '--temporal-penalty must be 0 or above, not Infinity'",
        "0, 0, 0, 0, 0, 2, '--label-smoothing must lie in [0, 1), not 2.0'"
    })
    void valuesOutOfRangeAreRefused(
            float weights, float input, float words, float outputs, float changes, float labels, String message) {
        LstmGpuException refusal = assertThrows(
                LstmGpuException.class,
                () -> new Regularisation(weights, input, null, words, false, outputs, changes, labels));
        assertEquals(message, refusal.getMessage());
        assertEquals(ExitCode.USAGE, refusal.exitCode());
    }

    @Test
    void whatANetworkHasNotIsRefused() {
        NetworkConfig values =
                new NetworkConfig(new InputPart.Features(3), Cell.GRU, 4, 1, false, 0, new Head.Values(2));
        NetworkConfig classes = new NetworkConfig(
                new InputPart.Tokens(9, 3), Cell.GRU, 4, 1, false, 0, new Head.SequenceClass(2, Pooling.MEAN));
        refused(new Regularisation(0, 0, null, 0, true, 0, 0, 0), values, "--locked-dropout is about dropout");
        refused(new Regularisation(0, 0, null, 0.1f, false, 0, 0, 0), values, "--word-dropout drops words");
        refused(new Regularisation(0, 0, null, 0, false, 0, 0, 0.1f), values, "--label-smoothing is for tokens");
        refused(new Regularisation(0, 0, null, 0, false, 1, 0, 0), classes, "--activation-penalty is for language");
        refused(new Regularisation(0, 0, null, 0, false, 0, 1, 0), classes, "--temporal-penalty is for language");
        new Regularisation(0.1f, 0.1f, 0.1f, 0.1f, true, 0, 0, 0.1f).requireFit(classes);
        new Regularisation(0.1f, 0.1f, 0.1f, 0, true, 0, 0, 0).requireFit(values);
    }

    private static void refused(Regularisation wanted, NetworkConfig config, String message) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> wanted.requireFit(config));
        assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
        assertEquals(ExitCode.USAGE, refusal.exitCode());
    }
}
