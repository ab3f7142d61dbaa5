package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who computes a plan, and what is refused. */
class RnnChoiceTest {
    private static final int NOT_SUPPORTED = 3000;
    private static final int ALLOCATION_FAILED = 4003;
    private static final int EXECUTION_FAILED = 5000;

    private CudnnRig rig;
    private CudnnPlans plans;

    @BeforeEach
    void open() {
        rig = new CudnnRig();
        plans = rig.plans;
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static RnnSpec spec(Cell cell, int inputs, int hidden) {
        return new RnnSpec(new RnnShape(cell, 1, inputs, hidden), 5, 8, 0, 0, Precision.FP32, true, 0);
    }

    @Test
    void withoutCudnnTheFusedKernelsComputeOrTheReasonIsGiven() {
        RnnChoice choice = new RnnChoice("libcudnn.so.9 was not found; install cuDNN 9");
        RnnSpec automatic = spec(Cell.LSTM, 8, 8);
        assertFalse(choice.isCudnn(automatic));
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> choice.isCudnn(named(automatic)));
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("install cuDNN 9"), refusal.getMessage());
    }

    private static RnnSpec named(RnnSpec spec) {
        return new RnnSpec(
                spec.shape(),
                spec.steps(),
                spec.batch(),
                0,
                0,
                spec.precision(),
                true,
                spec.tableSize(),
                RnnImplementation.CUDNN);
    }

    @Test
    void longPlansAreForCudnnAndShortOnesOnlyByName() {
        RnnChoice choice = new RnnChoice(plans);
        RnnShape shape = new RnnShape(Cell.GRU, 1, 8, 8);
        RnnSpec longer = new RnnSpec(shape, RnnChoice.SHORT + 1, 2, 0, 0, Precision.FP32, true, 0);
        RnnSpec shorter = new RnnSpec(shape, RnnChoice.SHORT, 2, 0, 0, Precision.FP32, true, 0);
        assertTrue(choice.isCudnn(longer));
        assertFalse(choice.isCudnn(longer.withTable(5)));
        assertFalse(choice.isCudnn(shorter));
        assertTrue(choice.isCudnn(named(shorter)));
    }

    @Test
    void whatCudnnRefusesGoesToTheFusedKernels() {
        RnnChoice choice = new RnnChoice(plans);
        RnnShape shape = new RnnShape(Cell.GRU, 1, 8, 8);
        RnnSpec spec = new RnnSpec(shape, RnnChoice.SHORT + 1, 2, 0, 0, Precision.FP32, true, 0);
        refuseAll();
        assertFalse(choice.isCudnn(spec));
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> choice.isCudnn(named(spec)));
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("--rnn fused"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("CUDNN_STATUS_NOT_SUPPORTED"), refusal.getMessage());
    }

    /** The next descriptors of both questions are not supported. */
    private static void refuseAll() {
        for (int nth = 1; nth <= 2 * CudnnAlgorithm.values().length; nth++) {
            Cudasim.fail("cudnnSetRNNDescriptor_v8", nth, NOT_SUPPORTED);
        }
    }

    @Test
    void aFailureIsNotTakenForARefusal() {
        RnnSpec spec = spec(Cell.LSTM, 5, 7);
        Cudasim.fail("cudnnRNNForward", 1, ALLOCATION_FAILED);
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> plans.newPlan(spec, null));
        assertEquals(ExitCode.MEMORY, failure.exitCode());
        Cudasim.fail("cudnnRNNBackwardData_v8", 1, EXECUTION_FAILED);
        failure = assertThrows(LstmGpuException.class, () -> plans.newPlan(spec, null));
        assertEquals(ExitCode.FAILED, failure.exitCode());
        assertTrue(failure.getMessage().contains("CUDNN_STATUS_EXECUTION_FAILED"), failure.getMessage());
    }
}
