package lstmgpu.backend.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import jcuda.driver.CUresult;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which GPU is opened, and what is said where none can be. */
class CudaContextTest {
    @BeforeEach
    @AfterEach
    void reset() {
        Cudasim.load();
    }

    @Test
    void theDeviceIsNamed() {
        Cudasim.computeCapability(9, 0);
        try (CudaRig rig = new CudaRig()) {
            DeviceInfo info = rig.device.info();
            assertEquals("cuda", info.backend());
            assertTrue(info.memoryBytes() > 1 << 20, info.toString());
            assertTrue(
                    info.detail()
                            .matches("compute capability \\d+\\.\\d, \\d+ multiprocessors, driver for CUDA 1\\d\\.\\d+,"
                                    + " cuBLAS .*"),
                    info.detail());
        }
    }

    @Test
    void aGpuThatIsNotThereIsRefusedWithThoseThatAre() {
        assertRefused(7, "cuda:7 is not there: this machine has 1 CUDA device, cuda:0 ");
        Cudasim.deviceCount(0);
        assertRefused(0, "the driver sees no GPU");
    }

    @Test
    void anOldDriverIsRefused() {
        Cudasim.driverVersion(11_080);
        assertRefused(0, "is for CUDA 11.8 and at least 12.0 is needed: install driver 525 or newer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuInit", "cuDriverGetVersion", "cuDeviceGetCount", "cuDeviceGet", "cuDeviceGetName"})
    void aDriverThatFailsIsRefused(String call) {
        Cudasim.fail(call, 1, CUresult.CUDA_ERROR_UNKNOWN);
        assertRefused(0, "failed on NVIDIA's driver: CUDA_ERROR_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cuDevicePrimaryCtxRetain",
                "cuCtxSetCurrent",
                "cuDeviceTotalMem_v2",
                "cuStreamCreate",
                "cuEventCreate",
                "cuMemHostAlloc",
                "cuDeviceGetAttribute"
            })
    void whatFailsHalfWayLeavesNothingBehind(String call) {
        long objects = Cudasim.liveObjects();
        long allocations = Cudasim.liveAllocations();
        Cudasim.fail(call, 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> CudaRig.open(0));
        assertEquals(ExitCode.MEMORY, failure.exitCode());
        assertEquals(objects, Cudasim.liveObjects());
        assertEquals(allocations, Cudasim.liveAllocations());
    }

    private static void assertRefused(int index, String part) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> CudaRig.open(index));
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    /**
     * Both addresses are valid in the driver's eyes, so nothing but this check would stop a kernel from reading the
     * wrong card.
     */
    @Test
    void memoryOfAnotherDeviceIsRefused() {
        try (CudaRig rig = new CudaRig();
                CudaDevice other = openSecond()) {
            KernelBuffer own = rig.floats(1);
            KernelBuffer foreign = other.alloc(ElementType.FLOAT32, 1);
            Product product = new Product(1, 1, 1, false, false, Precision.FP32);
            for (Executable call : List.<Executable>of(
                    () -> rig.device.upload(new float[1], foreign),
                    () -> rig.device.download(foreign, new float[1]),
                    () -> rig.device.zero(foreign),
                    () -> rig.device.copy(foreign, own),
                    () -> rig.device.copy(own, foreign),
                    () -> rig.scale(foreign, 2, own),
                    () -> rig.scale(own, 2, foreign.slice(0, 1)),
                    () -> rig.device.multiply(product, own, foreign, false, own),
                    () -> other.multiply(product, foreign, foreign, false, own))) {
                IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, call);
                assertTrue(refusal.getMessage().contains("another device"), refusal.getMessage());
            }
        }
    }

    private static CudaDevice openSecond() {
        Cudasim.deviceCount(2);
        return CudaRig.open(1);
    }

    @Test
    void threadsTakeTurnsAndDevicesShareAThread() {
        try (CudaRig rig = CompletableFuture.supplyAsync(CudaRig::new).join()) {
            KernelBuffer x = rig.floats(1);
            try (CudaDevice other = CudaRig.open(0)) {
                other.synchronize();
                rig.scale(x, 2, x);
            }
            CompletableFuture.runAsync(() -> rig.scale(x, 3, x)).join();
            assertArrayEquals(new float[] {6}, rig.read(x));
        }
    }
}
