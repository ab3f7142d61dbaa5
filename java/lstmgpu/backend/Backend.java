package lstmgpu.backend;

import java.lang.foreign.MemorySegment;

/**
 * A device's memory and its operations, which lie in six interfaces by what they are for. Operations may run
 * asynchronously but in the order of the calls; {@link #download} waits.
 *
 * <p>Unless an operation says otherwise: buffers do not overlap, outputs are overwritten whole, lengths are checked and
 * a buffer too short or of the wrong type is an {@link IllegalArgumentException}, tokens lie in [0, V). Sums run in a
 * fixed order: the same call on the same device gives the same bits. After warm-up no operation allocates. Whatever is
 * used after it, or its backend, was closed is an {@link IllegalStateException}.
 */
public interface Backend extends AutoCloseable {
    DeviceInfo device();

    /**
     * Checks that factors of products can have this precision.
     *
     * @throws lstmgpu.LstmGpuException with exit code 2 if such a backend has it nowhere, and with exit code 4, saying
     *     what is missing, if it has it elsewhere
     */
    default void require(Precision precision) {
        precision.requireOn(device().backend());
    }

    // Memory

    /**
     * Zeroed memory.
     *
     * @throws lstmgpu.LstmGpuException with exit code 5 if there is not enough
     */
    DeviceBuffer alloc(ElementType type, long length);

    /** Copies all of {@code source} to the front of {@code target}. */
    void upload(float[] source, DeviceBuffer target);

    void upload(int[] source, DeviceBuffer target);

    /** Fills all of {@code target} from the front of {@code source}, after everything before it is done. */
    void download(DeviceBuffer source, float[] target);

    void download(DeviceBuffer source, int[] target);

    /** Sets every element of a FLOAT32 buffer. */
    void fill(DeviceBuffer target, float value);

    /** Copies all of {@code source} to the front of {@code target}; both have the same type. */
    void copy(DeviceBuffer source, DeviceBuffer target);

    /**
     * The memory itself of a buffer, where the device is this process: operations are then done when their calls
     * return, and a captured body is run each time. Null where it is not.
     */
    default MemorySegment hostMemory(DeviceBuffer buffer) {
        return null;
    }

    /** Waits until everything before it is done. */
    void synchronize();

    /** Bytes held now. */
    long allocatedBytes();

    /** Bytes that can still be allocated, as far as the device tells. */
    default long freeBytes() {
        return Math.max(0, device().memoryBytes() - allocatedBytes());
    }

    /** Measures for about a second what the device does at most; null where only its operations could tell. */
    default DevicePeak measurePeak() {
        return null;
    }

    /**
     * A twin that takes no memory and computes nothing, to find out what this backend would need: all can be made on
     * it, and its {@link #allocatedBytes} is the most bytes held at a time, first uses of operations in captured steps
     * included.
     */
    Backend counting();

    /**
     * Prepares a sequence of operations for replay. The body is run once per {@link Step#run}, or once here and
     * recorded; either way its operations take effect only in {@link Step#run}. It must call only operations of this
     * backend and always the same ones on the same buffers.
     */
    Step capture(Runnable body);

    // Operations: always the same objects

    Texts texts();

    Layers layers();

    Losses losses();

    Optimisation optimisation();

    Drawing drawing();

    Recurrence recurrence();

    @Override
    void close();
}
