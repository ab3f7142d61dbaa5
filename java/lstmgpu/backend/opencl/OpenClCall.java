package lstmgpu.backend.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelCall;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/** One launch after the other: each argument goes to the driver through the same eight bytes of native memory. */
final class OpenClCall implements KernelCall {
    private static final long MOST = Integer.MAX_VALUE;

    private final OpenClContext context;
    private final OpenClMemory memory;
    private final OpenClPrograms programs;
    private final ByteBuffer value = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private final Pointer pointer = Pointer.to(value);
    private final long[] grid = new long[2];
    private final long[] block = {1, 1};
    private final Map<Kernel, cl_kernel> float32 = new EnumMap<>(Kernel.class);
    private final Map<Kernel, cl_kernel> bfloat16 = new EnumMap<>(Kernel.class);
    private Kernel kernel;
    private cl_kernel handle;
    private int count;

    OpenClCall(OpenClContext context, OpenClMemory memory, OpenClPrograms programs) {
        this.context = context;
        this.memory = memory;
        this.programs = programs;
    }

    /** Starts the next call. */
    KernelCall of(Kernel next, ElementType storage) {
        context.enter();
        Map<Kernel, cl_kernel> made = storage == ElementType.BFLOAT16 ? bfloat16 : float32;
        cl_kernel known = made.get(next);
        if (known == null) {
            known = programs.kernel(next, storage, "");
            made.put(next, known);
        }
        return of(next, known);
    }

    /** Starts the next call, of a kernel that was compiled with options of its own. */
    KernelCall of(Kernel next, cl_kernel compiled) {
        kernel = next;
        handle = compiled;
        count = 0;
        return this;
    }

    @Override
    public KernelCall buffer(DeviceBuffer buffer) {
        if (buffer == null) {
            value.putLong(0, 0);
            set(Sizeof.cl_mem, pointer);
            return longInteger(0);
        }
        OpenClBuffer own = memory.own(buffer);
        value.putLong(0, own.memory().getNativePointer());
        set(Sizeof.cl_mem, pointer);
        return longInteger(own.offset());
    }

    @Override
    public KernelCall integer(int number) {
        value.putInt(0, number);
        set(Integer.BYTES, pointer);
        return this;
    }

    @Override
    public KernelCall longInteger(long number) {
        value.putLong(0, number);
        set(Long.BYTES, pointer);
        return this;
    }

    @Override
    public KernelCall real(float number) {
        value.putFloat(0, number);
        set(Float.BYTES, pointer);
        return this;
    }

    private void set(int bytes, Pointer argument) {
        int status = CL.clSetKernelArg(handle, count++, bytes, argument);
        if (status != CL.CL_SUCCESS) {
            throw context.check().failure(status, "argument %d of %s".formatted(count, kernel.function()));
        }
    }

    @Override
    public void launch(long x, long y) {
        if (x < 0 || x > MOST || y < 0 || y > MOST) {
            throw new IllegalArgumentException("a grid of %d x %d blocks is too large".formatted(x, y));
        }
        if (x == 0 || y == 0 || context.isRehearsing()) {
            return;
        }
        block[0] = kernel.block();
        grid[0] = x * block[0];
        grid[1] = y;
        int status = CL.clEnqueueNDRangeKernel(context.queue(), handle, 2, null, grid, block, 0, null, null);
        if (status != CL.CL_SUCCESS) {
            throw context.check()
                    .failure(
                            status,
                            "launching %s with %d arguments on a grid of %d x %d blocks of %d threads"
                                    .formatted(kernel.function(), count, x, y, block[0]));
        }
    }
}
