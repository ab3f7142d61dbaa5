package lstmgpu.backend.opencl;

import java.nio.ByteBuffer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.MemoryBlock;
import lstmgpu.backend.kernels.MemoryPool;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/** Pooled device memory, zeroed in the queue when it is given out. */
final class OpenClMemory implements AutoCloseable {
    private final OpenClContext context;
    private final OpenClCheck check;
    private final long largest;
    private final Pointer zeros = Pointer.to(ByteBuffer.allocateDirect(Integer.BYTES));
    private final MemoryPool<cl_mem> pool = new MemoryPool<>(new MemoryPool.Driver<>() {
        @Override
        public cl_mem allocate(long bytes) {
            int[] status = new int[1];
            cl_mem memory = CL.clCreateBuffer(context.handle(), CL.CL_MEM_READ_WRITE, bytes, null, status);
            if (OpenClCheck.isMemory(status[0])) {
                return null;
            }
            check.status(status[0], "allocating memory");
            return memory;
        }

        @Override
        public void free(cl_mem memory) {
            check.status(CL.clReleaseMemObject(memory), "freeing memory");
        }
    });

    OpenClMemory(OpenClContext context) {
        this.context = context;
        this.check = context.check();
        this.largest = context.unit().largestBuffer();
    }

    /** Bytes in buffers that are open. */
    long allocatedBytes() {
        return pool.allocatedBytes();
    }

    /** @throws IllegalArgumentException for memory of another device */
    OpenClBuffer own(DeviceBuffer buffer) {
        if (buffer instanceof OpenClBuffer own && own.isOf(pool)) {
            return own;
        }
        throw new IllegalArgumentException("the buffer belongs to another device");
    }

    OpenClBuffer alloc(ElementType type, long length) {
        if (length < 0) {
            throw new IllegalArgumentException("a buffer cannot have " + length + " elements");
        }
        if (length > largest / type.bytes()) {
            throw outOfMemory(length, type);
        }
        MemoryBlock<cl_mem> block = pool.take(length * type.bytes());
        if (block == null) {
            throw outOfMemory(length, type);
        }
        int status = zero(block.handle(), 0, length * type.bytes());
        if (status != CL.CL_SUCCESS) {
            pool.keep(block);
            throw OpenClCheck.isMemory(status) ? outOfMemory(length, type) : check.failure(status, "clearing memory");
        }
        OpenClBuffer buffer = new OpenClBuffer(block, type, length);
        pool.lend(block, buffer);
        return buffer;
    }

    /** Sets all bytes of a buffer to zero, in the queue. */
    void zero(OpenClBuffer buffer) {
        check.status(zero(buffer.memory(), buffer.start(), buffer.bytes()), "clearing memory");
    }

    private int zero(cl_mem memory, long start, long bytes) {
        if (bytes == 0) {
            return CL.CL_SUCCESS;
        }
        int unit = (start | bytes) % Integer.BYTES == 0 ? Integer.BYTES : Short.BYTES;
        return CL.clEnqueueFillBuffer(context.queue(), memory, zeros, unit, start, bytes, 0, null, null);
    }

    private LstmGpuException outOfMemory(long length, ElementType type) {
        return new LstmGpuException(
                ExitCode.MEMORY,
                "not enough memory on %s: %,d MB more are needed, it has %,d MB in all and one buffer takes at most %,d MB; a smaller --batch-size or --hidden-size fits"
                        .formatted(
                                check.device(),
                                (length >> 20) * type.bytes(),
                                context.unit().memoryBytes() >> 20,
                                largest >> 20));
    }

    /** Frees everything, buffers that are still open included. */
    @Override
    public void close() {
        pool.closeAll().forEach(CL::clReleaseMemObject);
    }
}
