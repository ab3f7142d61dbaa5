package lstmgpu.backend.cuda.driver;

import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUgraph;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * Two streams, the events that order them, and whether what is put into them runs, is only rehearsed (dropped) or is
 * recorded.
 */
public final class CudaQueues implements AutoCloseable {
    private enum Mode {
        RUNNING,
        REHEARSING,
        RECORDING
    }

    private final CudaCheck check;
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final CudaStream first = new CudaStream();
    private final CudaStream second = new CudaStream();
    private final CUevent fork = new CUevent();
    private final CUevent end = new CUevent();
    private Mode mode = Mode.RUNNING;
    private boolean beside;
    private boolean forked;

    CudaQueues(CudaCheck check) {
        this.check = check;
        try {
            create(first);
            create(second);
            create(fork);
            create(end);
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private void create(CUstream stream) {
        check.driver(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "making a stream");
        releases.push(() -> JCudaDriver.cuStreamDestroy(stream));
    }

    private void create(CUevent event) {
        check.driver(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "making an event");
        releases.push(() -> JCudaDriver.cuEventDestroy(event));
    }

    public CUstream first() {
        return first;
    }

    CUstream second() {
        return second;
    }

    /** Where work goes now. */
    CUstream current() {
        return beside ? second : first;
    }

    /** The handle of the stream that work goes to now, for libraries that are not JCuda's. */
    public long currentAddress() {
        return (beside ? second : first).address();
    }

    /** Whether work goes to the second queue now. */
    public boolean isBeside() {
        return beside;
    }

    /** Whether work is to be dropped. */
    public boolean isRehearsing() {
        return mode == Mode.REHEARSING;
    }

    boolean isRecording() {
        return mode == Mode.RECORDING;
    }

    /** Throws if what is about to be done cannot be replayed. */
    void refuseInCapture(String what) {
        if (mode != Mode.RUNNING) {
            throw new IllegalStateException("a captured step cannot " + what);
        }
    }

    void beside() {
        if (!isRehearsing()) {
            follow(first, fork, second);
            forked = true;
        }
        beside = true;
    }

    void back() {
        beside = false;
    }

    /** The first queue waits for the second, if anything went there since the last join. */
    void join() {
        if (forked && !isRehearsing()) {
            follow(second, end, first);
            forked = beside;
        }
    }

    private void follow(CUstream leader, CUevent event, CUstream follower) {
        check.driver(JCudaDriver.cuEventRecord(event, leader), "marking a place in a queue");
        check.driver(JCudaDriver.cuStreamWaitEvent(follower, event, 0), "making a queue wait");
    }

    void synchronize() {
        refuseInCapture("wait for the device");
        join();
        check.driver(JCudaDriver.cuStreamSynchronize(first), "waiting for the GPU");
    }

    /** Lets queued work end before something it uses is destroyed; errors are of no use any more. */
    void drain() {
        if (mode == Mode.RUNNING) {
            JCudaDriver.cuStreamSynchronize(second);
            JCudaDriver.cuStreamSynchronize(first);
        }
    }

    /** Runs the body while work is dropped. */
    void rehearse(Runnable body) {
        refuseInCapture("capture another one");
        run(Mode.REHEARSING, body);
    }

    /** Runs the body so that its work takes effect even in a rehearsal. */
    void immediately(Runnable body) {
        if (isRecording()) {
            throw new IllegalStateException("a recording has no room for what a rehearsal was to prepare");
        }
        if (isRehearsing()) {
            run(Mode.RUNNING, body);
        } else {
            body.run();
        }
    }

    private void run(Mode during, Runnable body) {
        Mode before = mode;
        boolean side = beside;
        mode = during;
        beside = false;
        try {
            body.run();
        } finally {
            mode = before;
            beside = side;
        }
    }

    /**
     * Runs the body and keeps what it puts into the queues instead of running it. The mode is relaxed: what a library
     * does meanwhile on its own account, such as loading a module or taking memory, does not break the recording.
     */
    CUgraph record(Runnable body) {
        refuseInCapture("capture another one");
        join();
        check.driver(
                JCudaDriver.cuStreamBeginCapture(first, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED),
                "beginning a recording");
        CUgraph graph = new CUgraph();
        try {
            run(Mode.RECORDING, () -> {
                body.run();
                join();
            });
        } catch (RuntimeException | Error failure) {
            abandon(graph);
            throw failure;
        }
        int status = JCudaDriver.cuStreamEndCapture(first, graph);
        if (status != CUresult.CUDA_SUCCESS) {
            abandon(graph);
            throw check.driverFailure(status, "ending a recording");
        }
        return graph;
    }

    /** A recording has to end even where its body failed, with both streams in the first one. */
    private void abandon(CUgraph graph) {
        if (forked) {
            JCudaDriver.cuEventRecord(end, second);
            JCudaDriver.cuStreamWaitEvent(first, end, 0);
            forked = false;
        }
        if (JCudaDriver.cuStreamEndCapture(first, graph) == CUresult.CUDA_SUCCESS) {
            JCudaDriver.cuGraphDestroy(graph);
        }
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
