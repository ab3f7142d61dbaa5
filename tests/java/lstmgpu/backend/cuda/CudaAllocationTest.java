package lstmgpu.backend.cuda;

import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.store.Garbage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Neither a training step nor a drawn token makes garbage on the stand-in. */
class CudaAllocationTest {
    @BeforeEach
    void load() {
        Cudasim.load();
    }

    @ParameterizedTest
    @CsvSource({"FUSED,GRU", "CUDNN,LSTM"})
    void aTrainingStepAllocatesNothing(RnnImplementation plan, Cell cell) {
        try (Backend cuda = CudaTestBackend.open()) {
            Garbage.ofThisThread().assertNoneOfTraining(cuda, plan, cell, 12);
        }
    }

    @Test
    void aTrainingStepInBothDirectionsAllocatesNothing() {
        try (Backend cuda = CudaTestBackend.open()) {
            Garbage.ofThisThread().assertNoneOfBothDirections(cuda, RnnImplementation.FUSED);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FUSED", "CUDNN"})
    void aDrawnTokenAllocatesNothing(RnnImplementation plan) {
        try (Backend cuda = CudaTestBackend.open()) {
            Garbage.ofThisThread().assertNoneOfDrawing(cuda, plan);
        }
    }
}
