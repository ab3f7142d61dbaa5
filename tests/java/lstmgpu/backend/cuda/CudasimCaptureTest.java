package lstmgpu.backend.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_CAPTURED_EVENT;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_HANDLE;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
import static lstmgpu.backend.cuda.RawDriver.ok;
import static lstmgpu.backend.cuda.RawDriver.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stand-in captures streams into graphs as a driver does, and refuses what a driver refuses meanwhile. */
class CudasimCaptureTest {
    private static final int N = 10;

    private RawDriver driver;
    private CUstream one;
    private CUstream two;
    private CUdeviceptr memory;
    private final CUevent fork = new CUevent();
    private final CUevent join = new CUevent();
    private final CUgraph graph = new CUgraph();

    @BeforeEach
    void open() {
        driver = new RawDriver();
        one = driver.stream();
        two = driver.stream();
        memory = driver.filled(N, 1);
        ok(JCudaDriver.cuEventCreate(fork, 0));
        ok(JCudaDriver.cuEventCreate(join, 0));
        ok(JCudaDriver.cuStreamBeginCapture(one, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    }

    @AfterEach
    void close() {
        driver.close();
    }

    private CUgraphExec end() {
        ok(JCudaDriver.cuStreamEndCapture(one, graph));
        CUgraphExec executable = new CUgraphExec();
        ok(JCudaDriver.cuGraphInstantiate(executable, graph, 0));
        return executable;
    }

    private float replay(CUgraphExec executable) {
        ok(JCudaDriver.cuGraphLaunch(executable, one));
        return driver.read(one, memory, N)[N - 1];
    }

    @Test
    void recordsNowAndRunsAtEveryReplay() {
        long[] length = {N};
        float[] value = {2};
        ok(driver.launch("probe_add", 1, one, Pointer.to(memory), Pointer.to(length), Pointer.to(value)));
        value[0] = 50;
        CUgraphExec executable = end();
        assertEquals(1, driver.read(one, memory, N)[0], "a capture runs nothing");
        assertEquals(3, replay(executable), "arguments are those of the recording");
        assertEquals(5, replay(executable));
        ok(JCudaDriver.cuGraphDestroy(graph));
        assertEquals(7, replay(executable), "an executable graph outlives the graph that it came from");
    }

    /** memory + 1 beside, and · 3 after the join where {@code joined}. */
    private void forkAndJoin(boolean joined) {
        ok(JCudaDriver.cuEventRecord(fork, one));
        ok(JCudaDriver.cuStreamWaitEvent(two, fork, 0));
        ok(driver.add(two, memory, N, 1));
        ok(JCudaDriver.cuEventRecord(join, two));
        if (!joined) {
            ok(driver.multiply(one, memory, N, 3));
        }
        ok(JCudaDriver.cuStreamWaitEvent(one, join, 0));
        if (joined) {
            ok(driver.multiply(one, memory, N, 3));
        }
    }

    @Test
    void keepsTheOrderOfTwoStreams() {
        forkAndJoin(true);
        CUgraphExec executable = end();
        float expected = 1;
        for (int seed = 0; seed < 10; seed++) {
            Cudasim.schedule(seed);
            expected = (expected + 1) * 3;
            assertEquals(expected, replay(executable));
        }
    }

    @Test
    void replaysInAnyOrderThatIsLeftOpen() {
        forkAndJoin(false);
        CUgraphExec executable = end();
        Set<Boolean> addedFirst = new TreeSet<>();
        float before = 1;
        for (int seed = 1; seed < 20; seed++) {
            Cudasim.schedule(seed);
            float after = replay(executable);
            assertTrue(after == (before + 1) * 3 || after == before * 3 + 1);
            addedFirst.add(after == (before + 1) * 3);
            before = after % 100;
            ok(JCudaDriver.cuMemcpyHtoD(memory.withByteOffset(4L * (N - 1)), Pointer.to(new float[] {before}), 4));
        }
        assertEquals(2, addedFirst.size());
    }

    @Test
    void refusesAllocation() {
        int status = JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4);
        refused(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, status, "cuMemAlloc_v2", "captured");
        assertInvalidated();
    }

    @Test
    void refusesSynchronization() {
        int status = JCudaDriver.cuStreamSynchronize(one);
        refused(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, status, "cuStreamSynchronize", "captured");
        assertInvalidated();
    }

    @Test
    void refusesSynchronizationOfTheContext() {
        int status = JCudaDriver.cuCtxSynchronize();
        refused(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, status, "cuCtxSynchronize", "captured");
        assertInvalidated();
    }

    @Test
    void refusesTheLegacyStream() {
        int status = JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(new float[N]), 4L * N);
        refused(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, status, "cuMemcpyHtoD_v2", "legacy stream");
        assertInvalidated();
    }

    private void assertInvalidated() {
        int launch = driver.add(one, memory, N, 1);
        refused(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, launch, "cuLaunchKernel", "broken by an earlier call");
        int end = JCudaDriver.cuStreamEndCapture(one, graph);
        refused(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, end, "cuStreamEndCapture", "broken by an earlier call");
        ok(driver.add(one, memory, N, 1));
        assertEquals(2, driver.read(one, memory, N)[0], "the stream is usable again");
    }

    @Test
    void refusesAnEndWithoutAJoin() {
        ok(JCudaDriver.cuEventRecord(fork, one));
        ok(JCudaDriver.cuStreamWaitEvent(two, fork, 0));
        ok(driver.add(two, memory, N, 1));
        int status = JCudaDriver.cuStreamEndCapture(one, graph);
        refused(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, status, "cuStreamEndCapture", "not joined");
    }

    @Test
    void refusesAnEndInAnotherStream() {
        ok(JCudaDriver.cuEventRecord(fork, one));
        ok(JCudaDriver.cuStreamWaitEvent(two, fork, 0));
        int status = JCudaDriver.cuStreamEndCapture(two, graph);
        refused(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, status, "cuStreamEndCapture", "another stream");
    }

    @Test
    void refusesToWaitForWorkOutsideOfTheCapture() {
        ok(driver.add(two, memory, N, 1));
        ok(JCudaDriver.cuEventRecord(join, two));
        int status = JCudaDriver.cuStreamWaitEvent(one, join, 0);
        refused(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, status, "cuStreamWaitEvent", "outside of the capture");
    }

    @Test
    void refusesToWaitForACapturedEvent() {
        ok(JCudaDriver.cuEventRecord(fork, one));
        int status = JCudaDriver.cuEventSynchronize(fork);
        refused(CUDA_ERROR_CAPTURED_EVENT, status, "cuEventSynchronize", "in a capture");
    }

    @Test
    void refusesToDestroyAGraphInUse() {
        ok(driver.add(one, memory, N, 1));
        CUgraphExec executable = end();
        ok(JCudaDriver.cuGraphLaunch(executable, one));
        int status = JCudaDriver.cuGraphExecDestroy(executable);
        refused(CUDA_ERROR_INVALID_VALUE, status, "cuGraphExecDestroy", "still to run");
        ok(JCudaDriver.cuStreamSynchronize(one));
        ok(JCudaDriver.cuGraphExecDestroy(executable));
        int gone = JCudaDriver.cuGraphLaunch(executable, one);
        refused(CUDA_ERROR_INVALID_HANDLE, gone, "cuGraphLaunch", "no executable graph");
    }

    @Test
    void findsMemoryThatWasFreedSinceTheRecording() {
        ok(driver.add(one, memory, N, 1));
        CUgraphExec executable = end();
        ok(JCudaDriver.cuMemFree(memory));
        ok(JCudaDriver.cuGraphLaunch(executable, one));
        int status = JCudaDriver.cuStreamSynchronize(one);
        refused(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, status, "probe_add", "was freed");
    }
}
