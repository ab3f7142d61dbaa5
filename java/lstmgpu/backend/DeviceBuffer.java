package lstmgpu.backend;

/** A stretch of a backend's memory. Only the backend that allocated it can read it. */
public interface DeviceBuffer extends AutoCloseable {
    ElementType type();

    /** Number of elements. */
    long length();

    /**
     * A view of {@code length} elements from {@code offset}; it shares the memory and closing it does nothing.
     *
     * @throws IndexOutOfBoundsException if the stretch does not lie inside this buffer
     */
    DeviceBuffer slice(long offset, long length);

    /** Frees the memory; a second call does nothing. */
    @Override
    void close();
}
