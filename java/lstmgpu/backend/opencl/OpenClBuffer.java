package lstmgpu.backend.opencl;

import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.MemoryBlock;
import lstmgpu.backend.kernels.PooledBuffer;
import org.jocl.cl_mem;

/** A stretch of a block of device memory; kernels get the block and the number of the first element. */
final class OpenClBuffer extends PooledBuffer<cl_mem> {
    OpenClBuffer(MemoryBlock<cl_mem> block, ElementType type, long length) {
        super(block, type, length);
    }

    private OpenClBuffer(OpenClBuffer root, long offset, long length) {
        super(root, offset, length);
    }

    @Override
    protected OpenClBuffer stretch(long start, long elements) {
        return new OpenClBuffer((OpenClBuffer) root(), start, elements);
    }

    /** @throws IllegalStateException if the memory was freed */
    cl_mem memory() {
        return block().handle();
    }

    /** Where it starts in {@link #memory}, in bytes. */
    long start() {
        return offset() * type().bytes();
    }
}
