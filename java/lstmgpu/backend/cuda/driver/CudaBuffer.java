package lstmgpu.backend.cuda.driver;

import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.MemoryBlock;
import lstmgpu.backend.kernels.PooledBuffer;

/** A stretch of a block of device memory. */
public final class CudaBuffer extends PooledBuffer<CudaPointer> {
    private final CudaPointer pointer;

    CudaBuffer(MemoryBlock<CudaPointer> block, ElementType type, long length) {
        super(block, type, length);
        this.pointer = block.handle();
    }

    private CudaBuffer(CudaBuffer root, long offset, long length) {
        super(root, offset, length);
        this.pointer = new CudaPointer(root.pointer, offset * root.type().bytes());
    }

    @Override
    protected CudaBuffer stretch(long start, long elements) {
        return new CudaBuffer((CudaBuffer) root(), start, elements);
    }

    @Override
    public CudaBuffer slice(long start, long elements) {
        return (CudaBuffer) super.slice(start, elements);
    }

    /** @throws IllegalStateException if the memory was freed */
    public CudaPointer pointer() {
        block();
        return pointer;
    }

    /** The address of the first element. */
    public long address() {
        return pointer().address();
    }
}
