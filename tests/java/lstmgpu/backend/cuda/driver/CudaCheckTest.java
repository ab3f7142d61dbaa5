package lstmgpu.backend.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUresult;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.Step;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the driver's errors. */
class CudaCheckTest {
    @ParameterizedTest
    @ValueSource(
            ints = {
                CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                CUresult.CUDA_ERROR_LAUNCH_FAILED,
                CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
                CUresult.CUDA_ERROR_LAUNCH_TIMEOUT
            })
    void afterALostContextEveryCallSaysTheSame(int code) {
        CudaRig rig = new CudaRig();
        KernelBuffer x = rig.floats(1);
        Step step = rig.device.capture(() -> rig.scale(x, 2, x));
        rig.scale(x, 2, x);
        Cudasim.fail(Cudasim.KERNEL, 1, code);
        rig.scale(x, 2, x);
        LstmGpuException first = assertThrows(LstmGpuException.class, rig.device::synchronize);
        assertEquals(ExitCode.FAILED, first.exitCode());
        assertTrue(
                first.getMessage().startsWith("waiting for the GPU failed on ")
                        && first.getMessage().contains(CUresult.stringFor(code))
                        && first.getMessage().contains("--resume"),
                first.getMessage());
        assertSame(first, again(() -> rig.read(x)), "download");
        assertSame(first, again(() -> rig.device.upload(new float[1], x)), "upload");
        assertSame(first, again(() -> rig.device.alloc(ElementType.INT32, 1)), "alloc");
        assertSame(first, again(() -> rig.scale(x, 2, x)), "launch");
        assertSame(first, again(step::run), "step");
        assertSame(first, again(() -> rig.device.capture(() -> {})), "capture");
        assertSame(first, again(rig.device::beside), "beside");
        Product product = new Product(1, 1, 1, false, false, Precision.FP32);
        assertSame(first, again(() -> rig.device.multiply(product, x, x, false, x)), "product");
        assertDoesNotThrow(step::close);
        assertDoesNotThrow(x::close);
        assertDoesNotThrow(rig.device::close);
        try (CudaRig next = new CudaRig()) {
            next.device.synchronize();
        }
    }

    /** What lies behind the failure of a call after the first one. */
    private static Throwable again(Runnable call) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, call::run);
        assertEquals(failure.getCause().getMessage(), failure.getMessage());
        return failure.getCause();
    }

    @Test
    void aLibrarysFailureNamesTheLostContextBehindIt() {
        CudaRig rig = new CudaRig();
        KernelBuffer x = rig.floats(1);
        Cudasim.fail(Cudasim.KERNEL, 1, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
        rig.scale(x, 2, x);
        Cudasim.fail("cuStreamQuery", 1, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
        Cudasim.fail("cublasGemmEx", 1, 13);
        Product product = new Product(1, 1, 1, false, false, Precision.FP32);
        LstmGpuException failure =
                assertThrows(LstmGpuException.class, () -> rig.device.multiply(product, x, x, false, x));
        assertTrue(failure.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), failure.getMessage());
        assertThrows(LstmGpuException.class, rig.device::synchronize);
        rig.device.close();
    }

    @Test
    void anErrorThatPassesIsForgotten() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            Cudasim.fail("cuLaunchKernel", 1, CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
            LstmGpuException failure = assertThrows(LstmGpuException.class, () -> rig.scale(x, 2, x));
            assertTrue(failure.getMessage().contains("lstm-gpu doctor"), failure.getMessage());
            rig.scale(x, 2, x);
            assertEquals(2, rig.read(x)[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, MEMORY, --batch-size",
        "34, DEVICE, LD_LIBRARY_PATH",
        "46, DEVICE, another process",
        "100, DEVICE, CUDA_VISIBLE_DEVICES",
        "200, FAILED, the kernels do not fit",
        "209, FAILED, the kernels do not fit",
        "803, DEVICE, newer NVIDIA driver"
    })
    void everyErrorHasARemedy(int status, ExitCode code, String part) {
        LstmGpuException failure = new CudaCheck("a GPU").driverFailure(status, "trying");
        assertEquals(code, failure.exitCode());
        assertTrue(failure.getMessage().startsWith("trying failed on a GPU: CUDA_ERROR_"), failure.getMessage());
        assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }
}
