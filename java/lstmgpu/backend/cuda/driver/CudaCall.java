package lstmgpu.backend.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelCall;

/**
 * One launch after the other, from the same native memory: a place for each argument, and the list of these places'
 * addresses. The list ends with a null, which a driver does not look at but the tests' stand-in for one counts
 * arguments by.
 */
public final class CudaCall implements KernelCall {
    private static final int MOST_ARGUMENTS = 64;
    private static final long MOST_X = Integer.MAX_VALUE;
    private static final long MOST_Y = 65_535;

    /**
     * What a driver says of a cluster that no part of the GPU can hold, or not so many at once; some GPUs find any
     * invalid.
     */
    private static final Set<Integer> NO_ROOM = Set.of(
            CUresult.CUDA_ERROR_INVALID_CLUSTER_SIZE,
            CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES,
            CUresult.CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
            CUresult.CUDA_ERROR_INVALID_VALUE);

    private final CudaContext context;
    private final CudaQueues queues;
    private final CudaMemory memory;
    private final CudaModules modules;
    private final ByteBuffer values = places(MOST_ARGUMENTS);
    private final ByteBuffer addresses = places(MOST_ARGUMENTS + 1);
    private final Pointer arguments = Pointer.to(addresses);
    private final long start = MemorySegment.ofBuffer(values).address();
    private int count;
    private Kernel kernel;
    private ElementType storage;
    private CUfunction function;
    private CooperativeKernel cooperative;
    private int columns;

    CudaCall(CudaContext context, CudaQueues queues, CudaMemory memory, CudaModules modules) {
        this.context = context;
        this.queues = queues;
        this.memory = memory;
        this.modules = modules;
    }

    private static ByteBuffer places(int count) {
        return ByteBuffer.allocateDirect(count * Long.BYTES).order(ByteOrder.nativeOrder());
    }

    /** Starts the next call. */
    KernelCall of(Kernel next, ElementType nextStorage) {
        context.enter();
        function = modules.function(next, nextStorage);
        kernel = next;
        storage = nextStorage;
        cooperative = null;
        count = 0;
        return this;
    }

    /** Starts the next call, of a kernel whose blocks wait for each other, on a grid of so many columns. */
    CudaCall of(CooperativeKernel next, int nextColumns) {
        context.enter();
        function = next.function();
        cooperative = next;
        columns = nextColumns;
        count = 0;
        return this;
    }

    @Override
    public KernelCall buffer(DeviceBuffer buffer) {
        return longInteger(buffer == null ? 0 : memory.own(buffer).address());
    }

    @Override
    public KernelCall integer(int value) {
        values.putInt(nextPlace(), value);
        return this;
    }

    @Override
    public KernelCall longInteger(long value) {
        values.putLong(nextPlace(), value);
        return this;
    }

    @Override
    public KernelCall real(float value) {
        values.putFloat(nextPlace(), value);
        return this;
    }

    private int nextPlace() {
        if (count == MOST_ARGUMENTS) {
            throw new IllegalStateException("a kernel has at most " + MOST_ARGUMENTS + " arguments");
        }
        int place = count++ * Long.BYTES;
        addresses.putLong(place, start + place);
        return place;
    }

    @Override
    public void launch(long x, long y) {
        if (x < 0 || x > MOST_X || y < 0 || y > MOST_Y) {
            throw new IllegalArgumentException("a grid of %d x %d blocks is too large".formatted(x, y));
        }
        if (x == 0 || y == 0 || queues.isRehearsing()) {
            return;
        }
        addresses.putLong(count * Long.BYTES, 0);
        int status = JCudaDriver.cuLaunchKernel(
                function, (int) x, (int) y, 1, kernel.block(), 1, 1, 0, queues.current(), arguments, null);
        if (status != CUresult.CUDA_SUCCESS) {
            throw context.check().driverFailure(status, text(x, y));
        }
    }

    /**
     * Puts a kernel whose blocks wait for each other into the queue, on a grid of so many rows. The driver refuses one
     * whose blocks all do and do not run at once.
     */
    public void launchCooperative(int rows) {
        if (queues.isRehearsing()) {
            return;
        }
        addresses.putLong(count * Long.BYTES, 0);
        int shared = cooperative.sharedBytes();
        CUstream queue = queues.current();
        int threads = CooperativeKernel.THREADS;
        CooperativeKernel.Waiting waiting = cooperative.waiting();
        int status = waiting.all()
                ? JCudaDriver.cuLaunchCooperativeKernel(
                        function, columns, rows, 1, threads, 1, 1, shared, queue, arguments)
                : JCudaDriver.cuLaunchKernel(function, columns, rows, 1, threads, 1, 1, shared, queue, arguments, null);
        if (waiting.isCluster() && NO_ROOM.contains(status)) {
            throw new CooperativeRefusal("this GPU has no room for clusters of %d such blocks (%s)"
                    .formatted(waiting.neighbours(), CUresult.stringFor(status)));
        }
        if (status != CUresult.CUDA_SUCCESS) {
            throw context.check()
                    .driverFailure(status, "launching %s on a grid of %d x %d".formatted(cooperative, columns, rows));
        }
    }

    private String text(long x, long y) {
        return "launching %s (%s) with %d arguments on a grid of %d x %d blocks of %d threads"
                .formatted(kernel.function(), storage, count, x, y, kernel.block());
    }
}
