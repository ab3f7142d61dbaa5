package lstmgpu.backend.cpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;

/** Zeroed native memory, counted, and refused before the machine would have to swap or kill. */
final class CpuMemory implements RnnWorkspace.Memory {
    private static final int ALIGNMENT = 64;
    private static final int ELEMENTS_PER_MEGABYTE = (1 << 20) / CpuBuffer.ELEMENT_BYTES;
    private static final Path MEMORY_INFORMATION = Path.of("/proc/meminfo");
    private static final Path GROUP = Path.of("/sys/fs/cgroup");

    private final long budget = availableBytes();
    private final AtomicLong allocated = new AtomicLong();
    private volatile boolean closed;

    long allocatedBytes() {
        return allocated.get();
    }

    long freeBytes() {
        return Math.max(0, budget - allocated.get());
    }

    /** Ends allocation; what is allocated stays until it is closed. */
    void close() {
        closed = true;
    }

    @Override
    public CpuBuffer alloc(ElementType type, long length) {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        if (type == ElementType.BFLOAT16) {
            throw new IllegalArgumentException("this backend has no BFLOAT16");
        }
        if (length < 0) {
            throw new IllegalArgumentException("a buffer cannot have " + length + " elements");
        }
        // Memory that was handed out and never touched still counts as available to the system, so it is counted here.
        long available = freeBytes();
        if (length > available / CpuBuffer.ELEMENT_BYTES) {
            throw outOfMemory(length, available);
        }
        long bytes = length * CpuBuffer.ELEMENT_BYTES;
        long block = Heap.take(Math.addExact(bytes, ALIGNMENT));
        if (block == 0) {
            throw outOfMemory(length, available);
        }
        // The scope only marks the memory as alive; the memory itself is malloc's, outside the JVM's direct-memory
        // limit.
        Arena scope = Arena.ofShared();
        long start = (block + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        MemorySegment segment = MemorySegment.ofAddress(start).reinterpret(bytes, scope, null);
        allocated.addAndGet(bytes);
        return new CpuBuffer(type, segment, () -> {
            scope.close();
            Heap.free(block);
            allocated.addAndGet(-bytes);
        });
    }

    private static LstmGpuException outOfMemory(long length, long available) {
        return new LstmGpuException(
                ExitCode.MEMORY,
                "not enough memory: %,d MB more are needed and %,d MB are free; a smaller --batch-size or --hidden-size fits"
                        .formatted(length / ELEMENTS_PER_MEGABYTE, available >> 20));
    }

    /** What the machine and, in a container, its control group leave. */
    static long availableBytes() {
        return Math.min(meminfo("MemAvailable:"), groupBytes());
    }

    private static long groupBytes() {
        try {
            String limit = Files.readString(GROUP.resolve("memory.max")).strip();
            String used = Files.readString(GROUP.resolve("memory.current")).strip();
            return limit.equals("max") ? Long.MAX_VALUE : Math.max(0, Long.parseLong(limit) - Long.parseLong(used));
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE; // No control group that limits memory.
        }
    }

    static long totalBytes() {
        return meminfo("MemTotal:");
    }

    private static long meminfo(String key) {
        try {
            for (String line : Files.readAllLines(MEMORY_INFORMATION)) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE; // Elsewhere than on Linux, malloc's own answer has to do.
        }
        return Long.MAX_VALUE;
    }
}
