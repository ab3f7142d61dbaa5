package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import jcuda.driver.CUresult;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.Zoneout;
import lstmgpu.backend.cuda.cudnn.CudnnAlgorithm;
import lstmgpu.backend.cuda.cudnn.CudnnPlans;
import lstmgpu.backend.cuda.cudnn.CudnnRefusal;
import lstmgpu.backend.cuda.cudnn.CudnnRig;
import lstmgpu.backend.kernels.KernelBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who computes a plan, and what is refused. */
class RnnChoiceTest {
    private static final int NOT_SUPPORTED = 3000;
    private static final int NOT_INITIALIZED = 1001;
    private static final int SUBLIBRARY_MISMATCH = 1002;
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
        return RnnSpec.training(new RnnShape(cell, 1, inputs, hidden), 5, 8, Precision.FP32);
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
        return spec.by(RnnImplementation.CUDNN);
    }

    @Test
    void longPlansAreForCudnnAndShortOnesOnlyByName() {
        RnnChoice choice = choice();
        RnnShape shape = new RnnShape(Cell.GRU, 1, 8, 8);
        RnnSpec longer = RnnSpec.training(shape, RnnChoice.SHORT + 1, 2, Precision.FP32);
        RnnSpec shorter = RnnSpec.training(shape, RnnChoice.SHORT, 2, Precision.FP32);
        assertTrue(choice.isCudnn(longer));
        assertFalse(choice.isCudnn(longer.withTable(5)));
        assertFalse(choice.isCudnn(shorter));
        assertTrue(choice.isCudnn(named(shorter)));
    }

    @Test
    void whatCudnnRefusesGoesToTheFusedKernels() {
        RnnChoice choice = choice();
        RnnShape shape = new RnnShape(Cell.GRU, 1, 8, 8);
        RnnSpec spec = RnnSpec.training(shape, RnnChoice.SHORT + 1, 2, Precision.FP32);
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

    private RnnChoice choice() {
        return new RnnChoice(() -> plans, rig.notices::add);
    }

    @Test
    void aFailureAfterTheTrialsEndsTheRun() {
        RnnSpec spec = spec(Cell.LSTM, 5, 7);
        try (RnnPlan plan = plans.newPlan(spec, null)) {
            KernelBuffer parameters = rig.device.alloc(
                    ElementType.FLOAT32, ParameterLayout.ofRnn(spec.shape()).length());
            KernelBuffer x = rig.device.alloc(ElementType.FLOAT32, spec.tokens() * 5L);
            Cudasim.fail("cudnnRNNForward", 1, EXECUTION_FAILED);
            LstmGpuException failure = assertThrows(
                    LstmGpuException.class, () -> plan.forward(parameters, new RnnInput.Features(x, null)));
            assertEquals(ExitCode.FAILED, failure.exitCode());
            assertTrue(failure.getMessage().contains("CUDNN_STATUS_EXECUTION_FAILED"), failure.getMessage());
        }
        Cudasim.fail("cuMemAlloc_v2", 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        Cudasim.fail("cuMemAlloc_v2", 2, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        RnnSpec larger = spec(Cell.LSTM, 500, 7);
        assertThrows(CudnnRefusal.class, () -> plans.require(larger), "no memory for the trial");
    }

    /** 1001 and 1002: it does not start here, or its parts are of different versions. */
    @Test
    void aStatusOfTheLibraryRefusesItAltogetherWithANotice() {
        RnnShape shape = new RnnShape(Cell.GRU, 1, 8, 8);
        RnnSpec spec = RnnSpec.training(shape, RnnChoice.SHORT + 1, 2, Precision.FP32);
        RnnChoice choice = choice();
        Cudasim.fail("cudnnRNNForward", 1, SUBLIBRARY_MISMATCH);
        assertFalse(choice.isCudnn(spec));
        assertEquals(1, rig.notices.size(), rig.notices.toString());
        assertTrue(rig.notices.getFirst().startsWith("cuDNN refuses, so the fused kernels"), rig.notices.getFirst());
        long asked = Cudasim.calls("cudnnSetRNNDescriptor_v8");
        assertFalse(choice.isCudnn(spec.withSteps(100)));
        assertEquals(-1, choice.cudnnBytes(spec.withSteps(101)));
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> choice.isCudnn(named(spec)));
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        assertEquals(asked, Cudasim.calls("cudnnSetRNNDescriptor_v8"), "nothing more is tried");
        assertEquals(1, rig.notices.size(), rig.notices.toString());
    }

    @Test
    void zoneoutIsTheFusedKernelsOrRefused() {
        RnnShape shape = new RnnShape(Cell.LSTM, 1, 8, 8);
        RnnSpec spec =
                RnnSpec.training(shape, RnnChoice.SHORT + 1, 2, Precision.FP32).withZoneout(Zoneout.drawn(0, 0.1f, 1));
        RnnChoice choice = choice();
        assertFalse(choice.isCudnn(spec));
        assertEquals(-1, choice.cudnnBytes(spec));
        assertEquals(0, rig.notices.size(), rig.notices.toString());
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> choice.isCudnn(named(spec)));
        assertTrue(refusal.getMessage().endsWith("(it has no zoneout); use --rnn fused"), refusal.getMessage());
    }

    @Test
    void aCudnnThatDoesNotStartIsRefusedWithANotice() {
        RnnShape shape = new RnnShape(Cell.GRU, 1, 8, 8);
        RnnSpec spec = RnnSpec.training(shape, RnnChoice.SHORT + 1, 2, Precision.FP32);
        RnnChoice choice = new RnnChoice(
                () -> new CudnnPlans(rig.device, Path.of("/dev/null"), weights -> weights, rig.notices::add),
                rig.notices::add);
        Cudasim.fail("cudnnCreate", 1, NOT_INITIALIZED);
        assertFalse(choice.isCudnn(spec));
        assertEquals(1, rig.notices.size(), rig.notices.toString());
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> choice.isCudnn(named(spec)));
        assertTrue(refusal.getMessage().contains("CUDNN_STATUS_NOT_INITIALIZED"), refusal.getMessage());
    }

    @Test
    void bfloat16WithAnOldCudnnIsTheFusedKernelsWithANotice() {
        Cudasim.cudnnVersion(90501);
        RnnShape shape = new RnnShape(Cell.GRU, 1, 8, 8);
        RnnSpec spec = RnnSpec.training(shape, RnnChoice.SHORT + 1, 2, Precision.BF16);
        RnnChoice choice = choice();
        assertEquals(-1, choice.cudnnBytes(spec));
        assertFalse(choice.isCudnn(spec));
        assertTrue(rig.notices.getFirst().contains("cuDNN 9.5.1 has no layers in bfloat16"), rig.notices.getFirst());
        assertThrows(LstmGpuException.class, () -> choice.isCudnn(named(spec)));
    }
}
