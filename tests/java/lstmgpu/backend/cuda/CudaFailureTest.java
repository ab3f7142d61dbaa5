package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUresult;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.Step;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelCall;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a device does when its driver fails, on the stand-in. */
class CudaFailureTest {
    private static final int N = 64;

    private long allocations;
    private long objects;

    @BeforeEach
    void load() {
        Cudasim.load();
        Cudasim.quiet();
        allocations = Cudasim.liveAllocations();
        objects = Cudasim.liveObjects();
    }

    @AfterEach
    void leavesNothingBehind() {
        Cudasim.reset();
        assertEquals(allocations, Cudasim.liveAllocations(), "allocations");
        assertEquals(objects, Cudasim.liveObjects(), "objects");
    }

    private static CudaDevice open() {
        return CudaRig.open(0);
    }

    private static KernelCall dropout(CudaDevice device, KernelBuffer x, KernelBuffer counters) {
        return device.call(Kernel.DROPOUT, ElementType.FLOAT32)
                .buffer(x)
                .buffer(x)
                .buffer(counters)
                .longInteger(1)
                .longInteger(x.length())
                .longInteger(0)
                .longInteger(0)
                .longInteger(7)
                .integer(0)
                .integer(Integer.MIN_VALUE);
    }

    /** Memory, copies, a launch, a product and a recorded step. */
    private static float[] everything() {
        float[] values = new float[N];
        try (CudaDevice device = open();
                KernelBuffer x = device.alloc(ElementType.FLOAT32, N);
                KernelBuffer y = device.alloc(ElementType.FLOAT32, N);
                KernelBuffer counters = device.alloc(ElementType.INT32, 3)) {
            java.util.Arrays.fill(values, 1);
            device.upload(values, x);
            dropout(device, x, counters).real(2).launch(1);
            device.beside();
            device.multiply(new Product(8, 8, 8, false, true, Precision.FP32), x, x, false, y);
            device.back();
            device.join();
            try (Step step = device.capture(() -> device.copy(y, x))) {
                step.run();
                device.synchronize();
            }
            device.download(x, values);
        }
        return values;
    }

    @Test
    void anyCallMayFail() {
        float[] expected = everything();
        int failed = 0;
        for (int nth = 1; failed + 30 > nth; nth++) {
            Cudasim.quiet();
            Cudasim.fail(Cudasim.ANY, nth, CUresult.CUDA_ERROR_OPERATING_SYSTEM);
            try {
                org.junit.jupiter.api.Assertions.assertArrayEquals(expected, everything(), "call " + nth);
            } catch (LstmGpuException failure) {
                failed++;
                assertTrue(failure.getMessage().contains("; "), "no remedy: " + failure.getMessage());
                assertEquals(1, failure.getMessage().lines().count());
            }
            Cudasim.reset();
            assertEquals(allocations, Cudasim.liveAllocations(), "allocations after call " + nth);
            assertEquals(objects, Cudasim.liveObjects(), "objects after call " + nth);
        }
        assertTrue(failed > 40, failed + " calls failed");
    }

    @Test
    void aMissingArgumentIsNoticed() {
        try (CudaDevice device = open();
                KernelBuffer x = device.alloc(ElementType.FLOAT32, N);
                KernelBuffer counters = device.alloc(ElementType.INT32, 3)) {
            KernelCall call = dropout(device, x, counters);
            LstmGpuException failure = assertThrows(LstmGpuException.class, () -> call.launch(1));
            assertTrue(failure.getMessage().contains("dropout"), failure.getMessage());
            assertTrue(Cudasim.lastLine().contains("takes 11 arguments, 10 came"), Cudasim.lastLine());
            dropout(device, x, counters).real(2).launch(1);
            device.synchronize();
        }
    }

    @Test
    void anArgumentTooManyIsNoticed() {
        try (CudaDevice device = open();
                KernelBuffer x = device.alloc(ElementType.FLOAT32, N);
                KernelBuffer counters = device.alloc(ElementType.INT32, 3)) {
            KernelCall call = dropout(device, x, counters).real(2).real(2);
            assertThrows(LstmGpuException.class, () -> call.launch(1));
            assertTrue(Cudasim.lastLine().contains("takes 11 arguments; more came"), Cudasim.lastLine());
        }
    }

    @Test
    void aFailedKernelEndsTheDeviceAndSaysSoEveryTime() {
        try (CudaDevice device = open()) {
            KernelBuffer x = device.alloc(ElementType.FLOAT32, N);
            KernelBuffer counters = device.alloc(ElementType.INT32, 3);
            Cudasim.fail(Cudasim.KERNEL, 1, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
            dropout(device, x, counters).real(2).launch(1);
            LstmGpuException first = assertThrows(LstmGpuException.class, device::synchronize);
            assertEquals(ExitCode.FAILED, first.exitCode());
            assertTrue(first.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), first.getMessage());
            assertTrue(first.getMessage().contains("--resume"), first.getMessage());
            LstmGpuException again = assertThrows(LstmGpuException.class, () -> device.alloc(ElementType.FLOAT32, 1));
            assertEquals(first.getMessage(), again.getMessage());
        }
        assertFalse(Float.isNaN(everything()[0]), "a new device works");
    }

    @Test
    void memoryThatIsShortIsNamedAndTheDeviceGoesOn() {
        try (CudaDevice device = open();
                KernelBuffer x = device.alloc(ElementType.FLOAT32, N)) {
            Cudasim.fail("cuMemAlloc_v2", 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
            LstmGpuException failure =
                    assertThrows(LstmGpuException.class, () -> device.alloc(ElementType.FLOAT32, 1 << 20));
            assertEquals(ExitCode.MEMORY, failure.exitCode());
            assertTrue(failure.getMessage().contains("--batch-size"), failure.getMessage());
            device.alloc(ElementType.FLOAT32, 1 << 20).close();
            device.zero(x);
            device.synchronize();
        }
    }

    @Test
    void aDriverThatIsTooOldIsRefused() {
        Cudasim.driverVersion(11040);
        refusesToOpen("CUDA 11.4", "newer");
    }

    @Test
    void aMachineWithoutAGpuIsRefused() {
        Cudasim.deviceCount(0);
        refusesToOpen("no GPU", "--device cpu");
    }

    @Test
    void aDriverThatDoesNotFitTheKernelIsRefused() {
        Cudasim.fail("cuInit", 1, CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH);
        refusesToOpen("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "newer NVIDIA driver");
    }

    @Test
    void aCardInUseIsRefused() {
        Cudasim.fail("cuDevicePrimaryCtxRetain", 1, CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE);
        refusesToOpen("CUDA_ERROR_DEVICE_UNAVAILABLE", "nvidia-smi");
    }

    private static void refusesToOpen(String... words) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, CudaFailureTest::open);
        assertEquals(ExitCode.DEVICE, failure.exitCode(), failure.getMessage());
        for (String word : words) {
            assertTrue(failure.getMessage().contains(word), failure.getMessage());
        }
    }
}
