package lstmgpu.backend.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.cuda.libraries.LoadedLibrary;

/**
 * How many blocks of a kernel the GPU runs at once. Parts of a chip differ in how many multiprocessors they have, so
 * clusters are not a matter of multiprocessors alone: {@code cuOccupancyMaxActiveClusters} is asked, which JCuda lacks.
 */
final class Residency {
    private static final String CLUSTERS = "cuOccupancyMaxActiveClusters";
    private static final int CLUSTER_DIMENSION = 4;

    /** CUlaunchAttribute: its number and what belongs to it. */
    private static final StructLayout ATTRIBUTE = MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("id"),
            MemoryLayout.paddingLayout(4),
            MemoryLayout.sequenceLayout(16, ValueLayout.JAVA_INT).withName("value"));

    /** CUlaunchConfig. */
    private static final StructLayout CONFIG = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_INT).withName("grid"),
            MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_INT).withName("block"),
            ValueLayout.JAVA_INT.withName("shared"),
            MemoryLayout.paddingLayout(4),
            ValueLayout.ADDRESS.withName("stream"),
            ValueLayout.ADDRESS.withName("attributes"),
            ValueLayout.JAVA_INT.withName("count"),
            MemoryLayout.paddingLayout(4));

    private final CudaContext context;
    private final CudaLibrary driver;

    /** @param driver the process's, loaded */
    Residency(CudaContext context, CudaLibrary driver) {
        this.context = context;
        this.driver = driver;
    }

    CudaContext context() {
        return context;
    }

    /** @throws CooperativeRefusal if the driver does not say */
    int blocks(CooperativeKernel kernel) {
        int[] count = new int[1];
        int width = kernel.waiting().neighbours();
        int status = width > 1
                ? clusters(count, kernel, width)
                : JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(
                        count, kernel.function(), CooperativeKernel.THREADS, kernel.sharedBytes());
        kernel.require(status, "asking how many blocks of it run at once");
        return count[0] * (width > 1 ? width : context.multiprocessors());
    }

    private int clusters(int[] count, CooperativeKernel kernel, int width) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attribute = arena.allocate(ATTRIBUTE);
            attribute.set(ValueLayout.JAVA_INT, offset(ATTRIBUTE, "id"), CLUSTER_DIMENSION);
            write(attribute, offset(ATTRIBUTE, "value"), width, 1, 1);
            MemorySegment config = arena.allocate(CONFIG);
            write(config, offset(CONFIG, "grid"), width, 1, 1);
            write(config, offset(CONFIG, "block"), CooperativeKernel.THREADS, 1, 1);
            write(config, offset(CONFIG, "shared"), kernel.sharedBytes());
            config.set(ValueLayout.ADDRESS, offset(CONFIG, "attributes"), attribute);
            write(config, offset(CONFIG, "count"), 1);
            MemorySegment found = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment function = MemorySegment.ofAddress(kernel.function().handle());
            int status = LoadedLibrary.load(driver.path())
                    .status(CLUSTERS, found, function, config)
                    .orElse(CUresult.CUDA_ERROR_NOT_FOUND);
            count[0] = found.get(ValueLayout.JAVA_INT, 0);
            return status;
        }
    }

    private static long offset(StructLayout layout, String field) {
        return layout.byteOffset(MemoryLayout.PathElement.groupElement(field));
    }

    private static void write(MemorySegment struct, long offset, int... values) {
        for (int i = 0; i < values.length; i++) {
            struct.set(ValueLayout.JAVA_INT, offset + (long) i * Integer.BYTES, values[i]);
        }
    }
}
