package lstmgpu.backend.counted;

import java.util.function.LongUnaryOperator;

/** Bytes that would be held, now and at most. */
public final class MemoryCount {
    private final LongUnaryOperator rounding;
    private long held;
    private long most;

    /** @param rounding what a request for so many bytes really takes */
    public MemoryCount(LongUnaryOperator rounding) {
        this.rounding = rounding;
    }

    /** Returns what was added, for {@link #give}. */
    long take(long bytes) {
        long taken = bytes == 0 ? 0 : rounding.applyAsLong(bytes);
        held = Math.addExact(held, taken);
        most = Math.max(most, held);
        return taken;
    }

    void give(long taken) {
        held -= taken;
    }

    public long most() {
        return most;
    }
}
