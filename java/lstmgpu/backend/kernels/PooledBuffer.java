package lstmgpu.backend.kernels;

import java.util.Objects;
import lstmgpu.backend.ElementType;

/**
 * A stretch of a block of device memory.
 *
 * @param <H> what the driver calls the block by
 */
public abstract class PooledBuffer<H> implements KernelBuffer {
    private final MemoryBlock<H> block;
    private final PooledBuffer<H> root;
    private final ElementType type;
    private final long offset;
    private final long length;

    /** All of a block that a {@link MemoryPool} will lend to it. */
    protected PooledBuffer(MemoryBlock<H> block, ElementType type, long length) {
        this.block = block;
        this.root = this;
        this.type = type;
        this.offset = 0;
        this.length = length;
    }

    /** A stretch of {@code root}. */
    protected PooledBuffer(PooledBuffer<H> root, long offset, long length) {
        this.block = root.block;
        this.root = root;
        this.type = root.type;
        this.offset = offset;
        this.length = length;
    }

    /** A buffer over a stretch that lies inside {@link #root}. */
    protected abstract PooledBuffer<H> stretch(long start, long elements);

    /** @throws IllegalStateException if the memory was freed */
    protected final MemoryBlock<H> block() {
        if (!isOpen()) {
            throw new IllegalStateException("the buffer is closed");
        }
        return block;
    }

    /** Whether the memory is the pool's: one pool is one device. */
    public final boolean isOf(MemoryPool<?> pool) {
        return block.isOf(pool);
    }

    @Override
    public final PooledBuffer<H> root() {
        return root;
    }

    @Override
    public final long offset() {
        return offset;
    }

    @Override
    public final boolean isOpen() {
        return block.isHeldBy(root);
    }

    @Override
    public final ElementType type() {
        return type;
    }

    @Override
    public final long length() {
        return length;
    }

    public final long bytes() {
        return length * type.bytes();
    }

    @Override
    public PooledBuffer<H> slice(long start, long elements) {
        Objects.checkFromIndexSize(start, elements, length);
        return stretch(offset + start, elements);
    }

    /** A stretch holds no block, so nothing happens. */
    @Override
    public final void close() {
        block.release(this);
    }
}
