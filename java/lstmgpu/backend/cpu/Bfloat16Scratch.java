package lstmgpu.backend.cpu;

import lstmgpu.backend.ElementType;

/** Memory for rounded factors that one call needs and the next may overwrite; it grows at first uses only. */
final class Bfloat16Scratch implements AutoCloseable {
    private final CpuMemory memory;
    private CpuBuffer buffer;
    private long taken;

    Bfloat16Scratch(CpuMemory memory) {
        this.memory = memory;
    }

    /** Has so many elements from now on, none of them taken. */
    void start(long elements) {
        taken = 0;
        if (buffer == null || buffer.length() < elements) {
            close();
            buffer = memory.alloc(ElementType.INT32, elements);
        }
    }

    /** Gives a factor of one block its shape and its memory, of which it fills {@link Bfloat16Factor#length}. */
    void place(Bfloat16Factor factor, int outer, int inner) {
        factor.place(buffer, taken).shape(outer, inner);
        taken += Bfloat16Factor.length(1, outer, inner);
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.close();
            buffer = null;
        }
    }
}
