package lstmgpu.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelCall;

/** One launch after the other, from the same native memory: a place for each argument, and the list of these places' addresses. */
final class CudaCall implements KernelCall {
    private static final int MOST_ARGUMENTS = 64;
    private static final long MOST_X = Integer.MAX_VALUE;
    private static final long MOST_Y = 65_535;

    private final CudaContext context;
    private final CudaQueues queues;
    private final CudaModules modules;
    private final ByteBuffer values = places();
    private final Pointer arguments;
    private int count;
    private Kernel kernel;
    private ElementType storage;
    private CUfunction function;

    CudaCall(CudaContext context, CudaQueues queues, CudaModules modules) {
        this.context = context;
        this.queues = queues;
        this.modules = modules;
        ByteBuffer addresses = places();
        long start = MemorySegment.ofBuffer(values).address();
        for (int place = 0; place < MOST_ARGUMENTS; place++) {
            addresses.putLong(place * Long.BYTES, start + (long) place * Long.BYTES);
        }
        this.arguments = Pointer.to(addresses);
    }

    private static ByteBuffer places() {
        return ByteBuffer.allocateDirect(MOST_ARGUMENTS * Long.BYTES).order(ByteOrder.nativeOrder());
    }

    /** Starts the next call. */
    KernelCall of(Kernel next, ElementType nextStorage) {
        context.enter();
        function = modules.function(next, nextStorage);
        kernel = next;
        storage = nextStorage;
        count = 0;
        return this;
    }

    @Override
    public KernelCall buffer(DeviceBuffer buffer) {
        return longInteger(buffer == null ? 0 : CudaDevice.own(buffer).address());
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
        return count++ * Long.BYTES;
    }

    @Override
    public void launch(long x, long y) {
        if (x < 0 || x > MOST_X || y < 0 || y > MOST_Y) {
            throw new IllegalArgumentException("a grid of %d x %d blocks is too large".formatted(x, y));
        }
        if (x == 0 || y == 0 || queues.isRehearsing()) {
            return;
        }
        int status = JCudaDriver.cuLaunchKernel(
                function, (int) x, (int) y, 1, kernel.block(), 1, 1, 0, queues.current(), arguments, null);
        if (status != CUresult.CUDA_SUCCESS) {
            throw context.check().driverFailure(status, text(x, y));
        }
    }

    private String text(long x, long y) {
        return "launching %s (%s) with %d arguments on a grid of %d x %d blocks of %d threads"
                .formatted(kernel.function(), storage, count, x, y, kernel.block());
    }
}
