package lstmgpu.backend.cuda;

import java.util.Objects;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.KernelBuffer;

/** A stretch of a block of device memory. */
final class CudaBuffer implements KernelBuffer {
    private final CudaBlock block;
    private final CudaBuffer root;
    private final ElementType type;
    private final long offset;
    private final long length;
    private final CudaPointer pointer;

    CudaBuffer(CudaBlock block, ElementType type, long length) {
        this.block = block;
        this.root = this;
        this.type = type;
        this.offset = 0;
        this.length = length;
        this.pointer = block.pointer();
    }

    private CudaBuffer(CudaBuffer root, long offset, long length) {
        this.block = root.block;
        this.root = root;
        this.type = root.type;
        this.offset = offset;
        this.length = length;
        this.pointer = new CudaPointer(block.pointer(), offset * type.bytes());
    }

    @Override
    public CudaBuffer root() {
        return root;
    }

    @Override
    public long offset() {
        return offset;
    }

    boolean isOf(CudaMemory memory) {
        return block.isOf(memory);
    }

    @Override
    public boolean isOpen() {
        return block.isHeldBy(root);
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long length() {
        return length;
    }

    long bytes() {
        return length * type.bytes();
    }

    @Override
    public CudaBuffer slice(long start, long elements) {
        Objects.checkFromIndexSize(start, elements, length);
        return new CudaBuffer(root, offset + start, elements);
    }

    /** @throws IllegalStateException if the memory was freed */
    CudaPointer pointer() {
        if (!isOpen()) {
            throw new IllegalStateException("the buffer is closed");
        }
        return pointer;
    }

    /** The address of the first element. */
    long address() {
        return pointer().address();
    }

    @Override
    public void close() {
        if (root == this) {
            block.release(this);
        }
    }
}
