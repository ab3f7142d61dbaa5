package lstmgpu.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.generate.WrittenText;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.StepRun;
import lstmgpu.store.Garbage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole training steps, and generation, through OpenCL. */
class OpenClTrainingTest {
    private static final int VOCABULARY = 9;
    private static final int[] TEXT = TestText.cycle(StepRun.BATCH * StepRun.STEPS * 6 + 1, VOCABULARY);
    private static final int STEPS = 40;

    @BeforeEach
    void require() {
        OpenClTestBackend.requirePresent();
    }

    private static NetworkConfig config(Cell cell, float dropout) {
        return NetworkConfig.ofTokens(cell, VOCABULARY, 6, 12, 2, dropout, false);
    }

    @ParameterizedTest
    @EnumSource
    void theLossCurveIsTheReferences(Cell cell) {
        NetworkConfig config = config(cell, cell == Cell.LSTM ? 0.3f : 0);
        StepRun expected;
        try (Backend reference = new ReferenceBackend()) {
            expected = StepRun.train(reference, config, TEXT, STEPS);
        }
        try (Backend opencl = OpenClTestBackend.open()) {
            StepRun.train(opencl, config, TEXT, STEPS).requireCurveOf(expected, STEPS, "OpenCL");
        }
    }

    @Test
    void twoRunsHaveTheSameBits() {
        StepRun first = train();
        StepRun second = train();
        assertArrayEquals(first.losses(), second.losses());
        assertArrayEquals(first.weights(), second.weights());
    }

    private static StepRun train() {
        try (Backend opencl = OpenClTestBackend.open()) {
            return StepRun.train(opencl, RnnImplementation.FUSED, config(Cell.LSTM, 0.3f), TEXT, 6);
        }
    }

    @Test
    void drawsTheTokensOfTheCpu() {
        WrittenText expected;
        try (Backend cpu = new CpuBackend(1)) {
            expected = WrittenText.by(cpu, RnnImplementation.AUTO);
        }
        try (Backend opencl = OpenClTestBackend.open()) {
            WrittenText.by(opencl, RnnImplementation.AUTO).requireSame(expected, "OpenCL");
        }
    }

    @Test
    void neitherAStepNorADrawnTokenLeavesGarbage() {
        try (Backend opencl = OpenClTestBackend.open()) {
            Garbage.ofThisThread().assertNoneOfTraining(opencl, RnnImplementation.AUTO, Cell.LSTM, 12);
            Garbage.ofThisThread().assertNoneOfDrawing(opencl, RnnImplementation.AUTO);
        }
    }

    @Test
    void memoryOfAnotherDeviceIsRefused() {
        try (Backend opencl = OpenClTestBackend.open();
                Backend other = OpenClTestBackend.open()) {
            DeviceBuffer own = opencl.alloc(ElementType.FLOAT32, 1);
            DeviceBuffer foreign = other.alloc(ElementType.FLOAT32, 1);
            assertThrows(IllegalArgumentException.class, () -> opencl.copy(foreign, own));
        }
    }
}
