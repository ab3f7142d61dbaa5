package lstmgpu.backend;

/** A prepared sequence of operations. */
public interface Step extends AutoCloseable {
    void run();

    @Override
    void close();
}
