package lstmgpu.backend.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/**
 * Device memory in blocks of a few sizes. A block that was freed is kept for the next request of its size; the kept ones go back to
 * the driver when it has no more to give.
 */
final class CudaMemory implements AutoCloseable {
    /** Blocks come in eight sizes between a power of two and the next, no closer than the first and no wider apart than the second. */
    private static final long SMALLEST_STEP = 512;

    private static final long LARGEST_STEP = 2L << 20;
    private static final int SIZES_PER_OCTAVE = 8;

    private final CudaCheck check;
    private final CudaQueues queues;
    private final long total;
    private final List<CudaBlock> blocks = new ArrayList<>();
    private final Map<Long, Deque<CudaBlock>> free = new HashMap<>();
    private long held;

    /** @param total bytes of the device's memory */
    CudaMemory(CudaCheck check, CudaQueues queues, long total) {
        this.check = check;
        this.queues = queues;
        this.total = total;
    }

    /** Bytes in buffers that are open. */
    long allocatedBytes() {
        return held;
    }

    /** @throws IllegalArgumentException for memory of another device */
    CudaBuffer own(DeviceBuffer buffer) {
        if (buffer instanceof CudaBuffer own && own.isOf(this)) {
            return own;
        }
        throw new IllegalArgumentException("the buffer belongs to another device");
    }

    CudaBuffer alloc(ElementType type, long length) {
        if (length < 0) {
            throw new IllegalArgumentException("a buffer cannot have " + length + " elements");
        }
        if (queues.isRecording()) {
            throw new IllegalStateException("a captured step cannot allocate: allocate in the rehearsal or before");
        }
        if (length > total / type.bytes()) {
            throw outOfMemory(length, type);
        }
        CudaBlock block = block(length, type);
        CudaBuffer buffer = new CudaBuffer(block, type, length);
        if (length > 0) {
            zero(block, buffer.bytes());
        }
        block.lendTo(buffer);
        held += buffer.bytes();
        return buffer;
    }

    /** A block that was freed may still be in use by what went to the second queue. */
    private void zero(CudaBlock block, long bytes) {
        if (!queues.isBeside()) {
            queues.join();
        }
        int status = JCudaDriver.cuMemsetD8Async(block.pointer(), (byte) 0, bytes, queues.current());
        if (status != CUresult.CUDA_SUCCESS) {
            keep(block);
            throw check.driverFailure(status, "clearing new memory");
        }
    }

    private CudaBlock block(long length, ElementType type) {
        long capacity = capacity(length * type.bytes());
        Deque<CudaBlock> kept = free.get(capacity);
        if (kept != null && !kept.isEmpty()) {
            return kept.pop();
        }
        CudaPointer pointer = new CudaPointer();
        int status = JCudaDriver.cuMemAlloc(pointer, capacity);
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY && trim()) {
            status = JCudaDriver.cuMemAlloc(pointer, capacity);
        }
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw outOfMemory(length, type);
        }
        check.driver(status, "allocating memory");
        CudaBlock block = new CudaBlock(this, pointer, capacity);
        blocks.add(block);
        return block;
    }

    /** The size of the block for so many bytes. */
    static long capacity(long bytes) {
        long step = Math.clamp(Long.highestOneBit(bytes) / SIZES_PER_OCTAVE, SMALLEST_STEP, LARGEST_STEP);
        return Math.max(1, (bytes + step - 1) / step) * step;
    }

    /** Called when a buffer is closed. What is queued for it runs before anything for the block's next holder. */
    void takeBack(CudaBlock block, long bytes) {
        held -= bytes;
        keep(block);
    }

    private void keep(CudaBlock block) {
        free.computeIfAbsent(block.capacity(), _ -> new ArrayDeque<>()).push(block);
    }

    /** Gives the kept blocks back to the driver; false if there were none. */
    private boolean trim() {
        List<CudaBlock> unused = new ArrayList<>();
        free.values().forEach(unused::addAll);
        free.clear();
        blocks.removeAll(unused);
        for (CudaBlock block : unused) {
            check.driver(JCudaDriver.cuMemFree(block.pointer()), "freeing memory");
        }
        return !unused.isEmpty();
    }

    private LstmGpuException outOfMemory(long length, ElementType type) {
        long[] available = new long[1];
        long[] all = new long[1];
        check.driver(JCudaDriver.cuMemGetInfo(available, all), "asking for free memory");
        return new LstmGpuException(
                ExitCode.MEMORY,
                "not enough memory on %s: %,d MB more are needed and %,d MB are free; a smaller --batch-size or --hidden-size fits"
                        .formatted(check.device(), (length >> 20) * type.bytes(), available[0] >> 20));
    }

    /** Frees everything, buffers that are still open included. */
    @Override
    public void close() {
        for (CudaBlock block : blocks) {
            block.end();
            JCudaDriver.cuMemFree(block.pointer());
        }
        blocks.clear();
        free.clear();
        held = 0;
    }
}
