package lstmgpu.backend.cuda.driver;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.MemoryBlock;
import lstmgpu.backend.kernels.MemoryPool;

/** Pooled device memory, zeroed in the queue when it is given out. */
final class CudaMemory implements AutoCloseable {
    private final CudaCheck check;
    private final CudaQueues queues;
    private final long total;
    private final MemoryPool<CudaPointer> pool = new MemoryPool<>(new MemoryPool.Driver<>() {
        @Override
        public CudaPointer allocate(long bytes) {
            CudaPointer pointer = new CudaPointer();
            int status = JCudaDriver.cuMemAlloc(pointer, bytes);
            if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
                return null;
            }
            check.driver(status, "allocating memory");
            return pointer;
        }

        @Override
        public void free(CudaPointer pointer) {
            check.driver(JCudaDriver.cuMemFree(pointer), "freeing memory");
        }
    });

    /** @param total bytes of the device's memory */
    CudaMemory(CudaCheck check, CudaQueues queues, long total) {
        this.check = check;
        this.queues = queues;
        this.total = total;
    }

    /** Bytes in buffers that are open. */
    long allocatedBytes() {
        return pool.allocatedBytes();
    }

    /** Gives what was freed back to the driver, which waits for what still uses it. */
    void trim() {
        pool.trim();
    }

    /** Bytes that the driver has, and those of the kept blocks. */
    long freeBytes() {
        return driverBytes() + pool.keptBytes();
    }

    private long driverBytes() {
        long[] available = new long[1];
        long[] all = new long[1];
        check.driver(JCudaDriver.cuMemGetInfo(available, all), "asking for free memory");
        return available[0];
    }

    /** @throws IllegalArgumentException for memory of another device */
    CudaBuffer own(DeviceBuffer buffer) {
        if (buffer instanceof CudaBuffer own && own.isOf(pool)) {
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
        MemoryBlock<CudaPointer> block = pool.take(length * type.bytes());
        if (block == null) {
            throw outOfMemory(length, type);
        }
        CudaBuffer buffer = new CudaBuffer(block, type, length);
        if (length > 0) {
            zero(block, buffer.bytes());
        }
        pool.lend(block, buffer);
        return buffer;
    }

    /** A block that was freed may still be in use by what went to the second queue. */
    private void zero(MemoryBlock<CudaPointer> block, long bytes) {
        if (!queues.isBeside()) {
            queues.join();
        }
        int status = JCudaDriver.cuMemsetD8Async(block.handle(), (byte) 0, bytes, queues.current());
        if (status != CUresult.CUDA_SUCCESS) {
            pool.keep(block);
            throw check.driverFailure(status, "clearing new memory");
        }
    }

    private LstmGpuException outOfMemory(long length, ElementType type) {
        return new LstmGpuException(
                ExitCode.MEMORY,
                "not enough memory on %s: %,d MB more are needed and %,d MB are free; a smaller --batch-size or --hidden-size fits"
                        .formatted(check.device(), (length >> 20) * type.bytes(), driverBytes() >> 20));
    }

    /** Frees everything, buffers that are still open included. */
    @Override
    public void close() {
        pool.closeAll().forEach(JCudaDriver::cuMemFree);
    }
}
