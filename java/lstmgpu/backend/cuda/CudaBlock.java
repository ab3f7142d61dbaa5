package lstmgpu.backend.cuda;

/** Memory from the driver, lent to one buffer after the other. */
final class CudaBlock {
    private final CudaMemory memory;
    private final CudaPointer pointer;
    private final long capacity;
    private CudaBuffer holder;

    CudaBlock(CudaMemory memory, CudaPointer pointer, long capacity) {
        this.memory = memory;
        this.pointer = pointer;
        this.capacity = capacity;
    }

    CudaPointer pointer() {
        return pointer;
    }

    boolean isOf(CudaMemory lender) {
        return memory == lender;
    }

    /** Bytes. */
    long capacity() {
        return capacity;
    }

    void lendTo(CudaBuffer buffer) {
        holder = buffer;
    }

    boolean isHeldBy(CudaBuffer buffer) {
        return holder == buffer;
    }

    /** Ends the loan without giving the block back, as when the device closes. */
    void end() {
        holder = null;
    }

    /** Gives the block back if the buffer still holds it. */
    void release(CudaBuffer buffer) {
        if (holder == buffer) {
            holder = null;
            memory.takeBack(this, buffer.bytes());
        }
    }
}
