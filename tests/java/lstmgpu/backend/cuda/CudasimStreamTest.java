package lstmgpu.backend.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_HANDLE;
import static lstmgpu.backend.cuda.RawDriver.ok;
import static lstmgpu.backend.cuda.RawDriver.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Set;
import java.util.TreeSet;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of the stand-in run late, and in any order that events leave open. */
class CudasimStreamTest {
    private static final int N = 10;

    private RawDriver driver;
    private CUstream one;
    private CUstream two;
    private CUdeviceptr memory;
    private final CUevent event = new CUevent();

    @BeforeEach
    void open() {
        driver = new RawDriver();
        one = driver.stream();
        two = driver.stream();
        memory = driver.filled(N, 1);
        ok(JCudaDriver.cuEventCreate(event, 0));
    }

    @AfterEach
    void close() {
        driver.close();
    }

    /** Adds 1 in one stream and then triples in the other: 6 if the second waits for the first. */
    private float addThenTriple(boolean wait, CUstream synchronizedFirst) {
        CUdeviceptr y = driver.filled(N, 1);
        ok(driver.add(one, y, N, 1));
        ok(JCudaDriver.cuEventRecord(event, one));
        if (wait) {
            ok(JCudaDriver.cuStreamWaitEvent(two, event, 0));
        }
        ok(driver.multiply(two, y, N, 3));
        ok(JCudaDriver.cuStreamSynchronize(synchronizedFirst));
        ok(JCudaDriver.cuCtxSynchronize());
        return driver.read(two, y, N)[N - 1];
    }

    @Test
    void aWaitOrdersStreamsInEverySchedule() {
        for (int seed = 0; seed < 20; seed++) {
            Cudasim.schedule(seed);
            assertEquals(6, addThenTriple(true, two));
        }
    }

    @Test
    void aMissingWaitGivesWrongNumbersInSomeSchedule() {
        assertEquals(4, addThenTriple(false, two), "the waiting side runs first when only it is waited for");
        Set<Float> seen = new TreeSet<>();
        for (int seed = 1; seed < 20; seed++) {
            Cudasim.schedule(seed);
            seen.add(addThenTriple(false, one));
        }
        assertEquals(Set.of(4f, 6f), seen);
    }

    @Test
    void aDroppedWaitIsAMissingWait() {
        Cudasim.fail("cuStreamWaitEvent", 1, Cudasim.DROP);
        assertEquals(4, addThenTriple(true, two));
    }

    @Test
    void workIsOnlyQueued() {
        FloatBuffer host = pinned();
        host.put(0, 5);
        ok(JCudaDriver.cuMemcpyHtoDAsync(memory, Pointer.to(host), 4L * N, one));
        host.put(0, 7);
        assertEquals(7, driver.read(one, memory, N)[0], "a card reads pinned memory when the copy runs");
    }

    @Test
    void pageableMemoryIsReadBeforeTheCallReturns() {
        FloatBuffer host = java.nio.ByteBuffer.allocateDirect(4 * N)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        host.put(0, 5);
        ok(JCudaDriver.cuMemcpyHtoDAsync(memory, Pointer.to(host), 4L * N, one));
        host.put(0, 7);
        assertEquals(5, driver.read(one, memory, N)[0]);
    }

    @Test
    void aCopyWithoutAStreamDoesNotWaitForANonBlockingOne() {
        ok(driver.add(one, memory, N, 1));
        float[] values = new float[N];
        ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(values), memory, 4L * N));
        assertEquals(1, values[0]);
        CUstream blocking = new CUstream();
        ok(JCudaDriver.cuStreamCreate(blocking, 0));
        ok(driver.add(blocking, memory, N, 1));
        ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(values), memory, 4L * N));
        assertEquals(2, values[0]);
    }

    @Test
    void aLongQueueRunsByItself() {
        FloatBuffer host = pinned();
        ok(JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(host), memory, 4L * N, one));
        for (int i = 0; i < 5000; i++) {
            ok(driver.add(one, memory, N, 1));
        }
        assertEquals(1, host.get(0));
        assertEquals(5001, driver.read(one, memory, N)[0]);
    }

    @Test
    void askingAgainAndAgainEndsTheWait() {
        ok(driver.add(one, memory, N, 1));
        ok(JCudaDriver.cuEventRecord(event, one));
        assertEquals(CUresult.CUDA_ERROR_NOT_READY, JCudaDriver.cuEventQuery(event));
        int status = CUresult.CUDA_ERROR_NOT_READY;
        for (int i = 0; i < 100 && status == CUresult.CUDA_ERROR_NOT_READY; i++) {
            status = JCudaDriver.cuEventQuery(event);
        }
        ok(status);
    }

    @Test
    void eventsMeasureTime() {
        CUevent end = new CUevent();
        ok(JCudaDriver.cuEventCreate(end, 0));
        ok(JCudaDriver.cuEventRecord(event, one));
        ok(driver.add(one, memory, N, 1));
        ok(JCudaDriver.cuEventRecord(end, one));
        float[] milliseconds = new float[1];
        assertEquals(CUresult.CUDA_ERROR_NOT_READY, JCudaDriver.cuEventElapsedTime(milliseconds, event, end));
        ok(JCudaDriver.cuEventSynchronize(end));
        ok(JCudaDriver.cuEventElapsedTime(milliseconds, event, end));
        assertTrue(milliseconds[0] >= 0 && milliseconds[0] < 10_000);
    }

    @Test
    void refusesADestroyedStream() {
        ok(JCudaDriver.cuStreamDestroy(one));
        refused(CUDA_ERROR_INVALID_HANDLE, driver.add(one, memory, N, 1), "cuLaunchKernel", "no stream");
        refused(CUDA_ERROR_INVALID_HANDLE, JCudaDriver.cuStreamSynchronize(one), "cuStreamSynchronize", "no stream");
    }

    @Test
    void refusesADestroyedEvent() {
        ok(JCudaDriver.cuEventDestroy(event));
        refused(CUDA_ERROR_INVALID_HANDLE, JCudaDriver.cuEventRecord(event, one), "cuEventRecord", "no event");
        int wait = JCudaDriver.cuStreamWaitEvent(one, event, 0);
        refused(CUDA_ERROR_INVALID_HANDLE, wait, "cuStreamWaitEvent", "no event");
        refused(CUDA_ERROR_INVALID_HANDLE, JCudaDriver.cuEventDestroy(event), "cuEventDestroy_v2", "no event");
    }

    private static FloatBuffer pinned() {
        Pointer pointer = new Pointer();
        ok(JCudaDriver.cuMemHostAlloc(pointer, 4L * N, 0));
        return pointer.getByteBuffer(0, 4L * N).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
