package lstmgpu.backend.kernels;

/**
 * Memory from a driver, lent to one buffer after the other.
 *
 * @param <H> what the driver calls it by
 */
@SuppressWarnings("ReferenceEquality") // The holder is one object, not one that equals it.
public final class MemoryBlock<H> {
    private final MemoryPool<H> pool;
    private final H handle;
    private final long capacity;
    private PooledBuffer<H> holder;

    MemoryBlock(MemoryPool<H> pool, H handle, long capacity) {
        this.pool = pool;
        this.handle = handle;
        this.capacity = capacity;
    }

    public H handle() {
        return handle;
    }

    /** Bytes. */
    public long capacity() {
        return capacity;
    }

    boolean isOf(MemoryPool<?> lender) {
        return pool == lender;
    }

    void lendTo(PooledBuffer<H> buffer) {
        holder = buffer;
    }

    boolean isHeldBy(PooledBuffer<H> buffer) {
        return holder == buffer;
    }

    /** Ends the loan without giving the block back, as when the device closes. */
    void end() {
        holder = null;
    }

    /** Gives the block back if the buffer still holds it. */
    void release(PooledBuffer<H> buffer) {
        if (holder == buffer) {
            holder = null;
            pool.takeBack(this, buffer.bytes());
        }
    }
}
