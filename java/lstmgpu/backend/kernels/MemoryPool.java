package lstmgpu.backend.kernels;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Device memory in blocks of a few sizes. A block that was freed is kept for the next request of its size; the kept
 * ones go back to the driver when it has no more to give.
 *
 * @param <H> what the driver calls a block by
 */
public final class MemoryPool<H> {
    /**
     * Blocks come in eight sizes between a power of two and the next, no closer than the first and no wider apart than
     * the second.
     */
    private static final long SMALLEST_STEP = 512;

    private static final long LARGEST_STEP = 2L << 20;
    private static final int SIZES_PER_OCTAVE = 8;

    private final Driver<H> driver;
    private final List<MemoryBlock<H>> blocks = new ArrayList<>();
    private final Map<Long, Deque<MemoryBlock<H>>> free = new HashMap<>();
    private long held;

    /** Where blocks come from. */
    public interface Driver<H> {
        /** Memory of any content; null if there is not so much. */
        H allocate(long bytes);

        void free(H handle);
    }

    public MemoryPool(Driver<H> driver) {
        this.driver = driver;
    }

    /** Bytes in buffers that are open. */
    public long allocatedBytes() {
        return held;
    }

    /** Bytes of blocks that nobody holds. */
    public long keptBytes() {
        return free.values().stream()
                .flatMap(Deque::stream)
                .mapToLong(MemoryBlock::capacity)
                .sum();
    }

    /** The size of the block for so many bytes. */
    public static long capacity(long bytes) {
        long step = Math.clamp(Long.highestOneBit(bytes) / SIZES_PER_OCTAVE, SMALLEST_STEP, LARGEST_STEP);
        return Math.max(1, (bytes + step - 1) / step) * step;
    }

    /** A block for so many bytes, of any content, to be lent or kept; null if the driver has no more. */
    public MemoryBlock<H> take(long bytes) {
        long capacity = capacity(bytes);
        Deque<MemoryBlock<H>> kept = free.get(capacity);
        if (kept != null && !kept.isEmpty()) {
            return kept.pop();
        }
        H handle = driver.allocate(capacity);
        if (handle == null && trim()) {
            handle = driver.allocate(capacity);
        }
        if (handle == null) {
            return null;
        }
        MemoryBlock<H> block = new MemoryBlock<>(this, handle, capacity);
        blocks.add(block);
        return block;
    }

    /** The buffer holds the block until it is closed. */
    public void lend(MemoryBlock<H> block, PooledBuffer<H> buffer) {
        block.lendTo(buffer);
        held += buffer.bytes();
    }

    /** Called when a buffer is closed. What is queued for it runs before anything for the block's next holder. */
    void takeBack(MemoryBlock<H> block, long bytes) {
        held -= bytes;
        keep(block);
    }

    /** Takes a block that was not lent. */
    public void keep(MemoryBlock<H> block) {
        free.computeIfAbsent(block.capacity(), _ -> new ArrayDeque<>()).push(block);
    }

    /** Gives the kept blocks back to the driver; false if there were none. */
    public boolean trim() {
        List<MemoryBlock<H>> unused = new ArrayList<>();
        free.values().forEach(unused::addAll);
        free.clear();
        blocks.removeAll(unused);
        unused.forEach(block -> driver.free(block.handle()));
        return !unused.isEmpty();
    }

    /**
     * Ends every loan and forgets every block, of buffers that are still open too. Returns what the driver is to free.
     */
    public List<H> closeAll() {
        List<H> handles = new ArrayList<>();
        for (MemoryBlock<H> block : blocks) {
            block.end();
            handles.add(block.handle());
        }
        blocks.clear();
        free.clear();
        held = 0;
        return handles;
    }
}
