package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.Garbage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Neither a training step nor a drawn token makes garbage, on any thread, and closing gives all native memory back. */
@Isolated
class CpuAllocationTest {
    @ParameterizedTest
    @CsvSource({"LSTM,12", "GRU,12", "RNN_TANH,300", "RNN_RELU,12"})
    void aTrainingStepAllocatesNothing(Cell cell, int vocabulary) {
        try (CpuBackend backend = new CpuBackend(2)) {
            Garbage.ofAllThreads().assertNoneOfTraining(backend, RnnImplementation.AUTO, cell, vocabulary);
        }
    }

    @ParameterizedTest
    @CsvSource({"LSTM,12", "GRU,300"})
    void aTrainingStepInBfloat16AllocatesNothing(Cell cell, int vocabulary) {
        assumeTrue(Bfloat16Unit.fastest() != null, "this processor has no unit for bfloat16");
        try (CpuBackend backend = new CpuBackend(2)) {
            Garbage.ofAllThreads()
                    .assertNoneOfTraining(backend, RnnImplementation.AUTO, Precision.BF16, cell, vocabulary);
        }
    }

    @Test
    void aTrainingStepInBothDirectionsAllocatesNothing() {
        try (CpuBackend backend = new CpuBackend(2)) {
            Garbage.ofAllThreads().assertNoneOfBothDirections(backend, RnnImplementation.AUTO);
        }
    }

    @Test
    void aDrawnTokenAllocatesNothing() {
        try (CpuBackend backend = new CpuBackend(2)) {
            Garbage.ofAllThreads().assertNoneOfDrawing(backend, RnnImplementation.AUTO);
        }
    }

    @Test
    void closingFreesEverything() {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.GRU, 20, 8, 16, 2, 0.2f, false);
        try (CpuBackend backend = new CpuBackend(1)) {
            Network model = new Network(backend, config, Precision.FP32);
            GenerationStep step = new GenerationStep(
                    model, new GenerationStep.Spec(2, new SamplingSpec(1, 0, 1, 0, 1, 1), 8, 100, true, false));
            assertTrue(backend.allocatedBytes() > 0);
            step.close();
            model.close();
            assertEquals(0, backend.allocatedBytes());
        }
    }
}
