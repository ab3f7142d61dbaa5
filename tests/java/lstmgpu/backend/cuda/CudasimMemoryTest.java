package lstmgpu.backend.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_CONTEXT;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_HANDLE;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_LAUNCH_FAILED;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_FOUND;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_SUPPORTED;
import static jcuda.driver.CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU;
import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;
import static lstmgpu.backend.cuda.RawDriver.ok;
import static lstmgpu.backend.cuda.RawDriver.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-in refuses what a strict driver would: memory, modules and launches. */
class CudasimMemoryTest {
    private RawDriver driver;
    private CUstream stream;
    private CUdeviceptr memory;

    @BeforeEach
    void open() {
        driver = new RawDriver();
        stream = driver.stream();
        memory = driver.filled(100, 3);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void runsAKernelWithoutBarriers() {
        ok(driver.add(stream, memory, 100, 2));
        float[] values = driver.read(stream, memory, 100);
        assertEquals(5, values[0]);
        assertEquals(5, values[99]);
    }

    @Test
    void runsAKernelWithBarriers() {
        CUdeviceptr x = driver.filled(3 * RawDriver.BLOCK, 1);
        CUdeviceptr sums = driver.filled(3, 0);
        for (int round = 0; round < 2; round++) {
            ok(driver.launch("probe_sum", 3, stream, Pointer.to(x), Pointer.to(sums)));
            assertArrayEquals(new float[] {64, 64, 64}, driver.read(stream, sums, 3));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"probe_split_barrier", "probe_late_barrier"})
    void findsABarrierThatPartOfABlockMisses(String kernel) {
        ok(driver.launch(kernel, 1, stream, Pointer.to(memory)));
        refused(CUDA_ERROR_LAUNCH_FAILED, JCudaDriver.cuStreamSynchronize(stream), kernel, "barrier");
    }

    @Test
    void findsAWriteBehindAnAllocation() {
        ok(driver.writeAt(stream, memory, 100));
        refused(CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuStreamSynchronize(stream), "probe_write_at", "past an alloc");
    }

    @Test
    void findsAWriteBeforeAnAllocation() {
        ok(driver.writeAt(stream, memory, -1));
        refused(CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuStreamSynchronize(stream), "probe_write_at", "before an");
    }

    @Test
    void findsAWriteFarBehindAnAllocation() {
        ok(driver.writeAt(stream, memory, 200));
        refused(CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuStreamSynchronize(stream), "probe_write_at", "bytes past an");
    }

    @Test
    void anIllegalAddressStays() {
        ok(driver.writeAt(stream, memory, 200));
        assertEquals(CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuStreamSynchronize(stream));
        assertEquals(CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
        assertEquals(CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuMemFree(memory));
    }

    @Test
    void refusesAnArgumentThatIsNoDeviceMemory() {
        CUdeviceptr freed = driver.alloc(10);
        ok(driver.add(stream, freed, 10, 1));
        ok(JCudaDriver.cuMemFree(freed));
        ok(driver.add(stream, freed, 10, 1));
        refused(CUDA_ERROR_ILLEGAL_ADDRESS, JCudaDriver.cuStreamSynchronize(stream), "probe_add", "was freed");
    }

    @Test
    void refusesToFreeTwice() {
        ok(JCudaDriver.cuMemFree(memory));
        refused(CUDA_ERROR_INVALID_VALUE, JCudaDriver.cuMemFree(memory), "cuMemFree_v2", "was freed");
    }

    @Test
    void refusesCopiesPastAnAllocation() {
        float[] values = new float[101];
        int up = JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(values), 404);
        refused(CUDA_ERROR_INVALID_VALUE, up, "cuMemcpyHtoD_v2", "the target has 400 bytes");
        int down = JCudaDriver.cuMemcpyDtoH(Pointer.to(values), memory, 404);
        refused(CUDA_ERROR_INVALID_VALUE, down, "cuMemcpyDtoH_v2", "the source has 400 bytes");
        int across = JCudaDriver.cuMemcpyDtoDAsync(memory.withByteOffset(4), memory, 400, stream);
        refused(CUDA_ERROR_INVALID_VALUE, across, "cuMemcpyDtoDAsync_v2", "the target has 396 bytes");
        int fill = JCudaDriver.cuMemsetD8Async(memory, (byte) 0, 401, stream);
        refused(CUDA_ERROR_INVALID_VALUE, fill, "cuMemsetD8Async", "the target has 400 bytes");
    }

    @Test
    void refusesACopyFromFreedMemory() {
        ok(JCudaDriver.cuMemFree(memory));
        int status = JCudaDriver.cuMemcpyDtoH(Pointer.to(new float[1]), memory, 4);
        refused(CUDA_ERROR_INVALID_VALUE, status, "cuMemcpyDtoH_v2", "or was freed");
    }

    @Test
    void newMemoryIsNotZero() {
        assertTrue(Float.isNaN(driver.read(stream, driver.alloc(1), 1)[0]));
    }

    @Test
    void refusesWrongArgumentCounts() {
        int few = driver.launch("probe_write_at", 1, stream, Pointer.to(memory));
        refused(CUDA_ERROR_INVALID_VALUE, few, "cuLaunchKernel", "takes 2 arguments, 1 came");
        Pointer place = Pointer.to(new long[1]);
        int many = driver.launch("probe_write_at", 1, stream, Pointer.to(memory), place, place);
        refused(CUDA_ERROR_INVALID_VALUE, many, "cuLaunchKernel", "takes 2 arguments; more came");
    }

    @Test
    void refusesAnotherBlockSizeAndAnEmptyGrid() {
        Pointer place = Pointer.to(new long[1]);
        int block = driver.launch("probe_write_at", 1, 32, stream, Pointer.to(memory), place);
        refused(CUDA_ERROR_INVALID_VALUE, block, "cuLaunchKernel", "blocks of 64 threads");
        int grid = driver.launch("probe_write_at", 0, stream, Pointer.to(memory), place);
        refused(CUDA_ERROR_INVALID_VALUE, grid, "cuLaunchKernel", "a grid of 0");
    }

    @Test
    void refusesImagesForCards() {
        byte[] ptx = ".version 8.0\n.target sm_80\n.address_size 64\n".getBytes(StandardCharsets.US_ASCII);
        int text = JCudaDriver.cuModuleLoadData(new CUmodule(), ptx);
        refused(CUDA_ERROR_NO_BINARY_FOR_GPU, text, "cuModuleLoadData", "fatbin or PTX");
        byte[] fatbin = new byte[256];
        fatbin[0] = 0x50;
        fatbin[1] = (byte) 0xed;
        fatbin[2] = 0x55;
        fatbin[3] = (byte) 0xba;
        int binary = JCudaDriver.cuModuleLoadData(new CUmodule(), fatbin);
        refused(CUDA_ERROR_NO_BINARY_FOR_GPU, binary, "cuModuleLoadData", "fatbin or PTX");
    }

    @Test
    void refusesAKernelThatIsNotInTheModule() {
        int status = JCudaDriver.cuModuleGetFunction(new CUfunction(), driver.module(), "absent");
        refused(CUDA_ERROR_NOT_FOUND, status, "cuModuleGetFunction", "no kernel absent");
    }

    @Test
    void refusesAFunctionOfAnUnloadedModule() {
        CUfunction function = driver.function("probe_add");
        ok(JCudaDriver.cuModuleUnload(driver.module()));
        int status = JCudaDriver.cuLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, stream, null, null);
        refused(CUDA_ERROR_INVALID_HANDLE, status, "cuLaunchKernel", "no function");
    }

    @Test
    void refusesAThreadWithoutAContext() throws InterruptedException, ExecutionException {
        FutureTask<Integer> task = new FutureTask<>(() -> JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
        new Thread(task).start();
        refused(CUDA_ERROR_INVALID_CONTEXT, task.get(), "cuMemAlloc_v2", "no current context");
    }

    @Test
    void memoryEnds() {
        long[] free = new long[1];
        long[] total = new long[1];
        Cudasim.memoryLimit(1000);
        assertEquals(CUDA_ERROR_OUT_OF_MEMORY, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 601));
        ok(JCudaDriver.cuMemGetInfo(free, total));
        assertEquals(600, free[0]);
        assertEquals(1000, total[0]);
        ok(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 600));
    }

    @Test
    void failsTheCallThatWasAskedFor() {
        Cudasim.fail("cuMemAlloc_v2", 2, CUDA_ERROR_OUT_OF_MEMORY);
        ok(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
        assertEquals(CUDA_ERROR_OUT_OF_MEMORY, JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
        ok(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4));
        Cudasim.fail(Cudasim.KERNEL, 1, CUDA_ERROR_LAUNCH_FAILED);
        ok(driver.add(stream, memory, 100, 1));
        assertEquals(CUDA_ERROR_LAUNCH_FAILED, JCudaDriver.cuStreamSynchronize(stream));
    }

    @Test
    void saysWhichFunctionItDoesNotOffer() {
        int status = JCudaDriver.cuMemAllocManaged(new CUdeviceptr(), 4, 1);
        refused(CUDA_ERROR_NOT_SUPPORTED, status, "cuMemAllocManaged", "does not offer");
    }

    @Test
    void countsWhatIsAlive() {
        long allocations = Cudasim.liveAllocations();
        long objects = Cudasim.liveObjects();
        CUdeviceptr more = driver.alloc(5);
        CUstream another = driver.stream();
        assertEquals(allocations + 1, Cudasim.liveAllocations());
        assertEquals(objects + 1, Cudasim.liveObjects());
        ok(JCudaDriver.cuMemFree(more));
        ok(JCudaDriver.cuStreamDestroy(another));
        assertEquals(allocations, Cudasim.liveAllocations());
        assertEquals(objects, Cudasim.liveObjects());
    }

    @Test
    void noDeviceIsAnAnswerOfItsOwn() {
        Cudasim.deviceCount(0);
        assertEquals(CUresult.CUDA_ERROR_NO_DEVICE, JCudaDriver.cuInit(0));
    }
}
