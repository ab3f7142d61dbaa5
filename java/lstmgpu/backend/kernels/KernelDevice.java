package lstmgpu.backend.kernels;

import java.lang.foreign.MemorySegment;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Step;

/**
 * What {@link KernelBackend} asks of a device: memory, a queue of kernels in order, and matrix products. CUDA and
 * OpenCL implement it; the operations themselves are written once above it.
 *
 * <p>Sizes and types of arguments were checked by the caller. Errors of the driver are
 * {@link lstmgpu.LstmGpuException}s that name what was asked, the device and a remedy: exit code 5 for memory, 1 for
 * the rest. One thread at a time.
 */
public interface KernelDevice extends AutoCloseable {
    DeviceInfo info();

    /** Zeroed memory; its start suits every vector load. */
    KernelBuffer alloc(ElementType type, long length);

    /** Copies to the front of {@code target}. */
    default void upload(float[] source, KernelBuffer target) {
        upload(MemorySegment.ofArray(source), target);
    }

    /** Copies to the front of {@code target}. */
    default void upload(int[] source, KernelBuffer target) {
        upload(MemorySegment.ofArray(source), target);
    }

    /** Copies raw bytes to the front of {@code target}. */
    void upload(MemorySegment source, KernelBuffer target);

    void download(KernelBuffer source, float[] target);

    void download(KernelBuffer source, int[] target);

    /** Sets all bytes to zero, in the queue. */
    void zero(KernelBuffer target);

    /** Copies all of {@code source} to the front of {@code target}, in the queue. */
    void copy(KernelBuffer source, KernelBuffer target);

    void synchronize();

    /** Bytes held now. */
    long allocatedBytes();

    /** Bytes that can still be allocated, as far as the driver tells. */
    long freeBytes();

    /**
     * What a buffer of so many bytes takes of them.
     *
     * @throws ArithmeticException if there can be no such buffer
     */
    long blockBytes(long bytes);

    /**
     * Starts a call.
     *
     * @param storage FLOAT32 or BFLOAT16: what {@code real} is in the kernel's text
     */
    KernelCall call(Kernel kernel, ElementType storage);

    /** C = op(A)·op(B), or C += op(A)·op(B) where {@code add}. */
    void multiply(Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c);

    /** What follows runs in a second queue, after everything so far. A device with one queue does nothing here. */
    void beside();

    /** What follows goes to the first queue again, which does not wait. */
    void back();

    /** The first queue waits for what went into the second one. */
    void join();

    /**
     * Records what the body puts into the queues, for replay; see {@link lstmgpu.backend.Backend#capture}. The body is
     * run with nothing taking effect first, so that whatever it allocates on first use is there before it is recorded.
     */
    Step capture(Runnable body);

    /**
     * Runs work that takes effect even where {@link #capture} only tries its body out: what is prepared once, at its
     * first use, such as a copy of weights.
     *
     * @throws IllegalStateException while a step is being recorded
     */
    default void immediately(Runnable body) {
        body.run();
    }

    @Override
    void close();
}
