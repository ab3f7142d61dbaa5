package lstmgpu.backend;

/** A prepared sequence of operations. */
public interface Step extends AutoCloseable {
    void run();

    /** A step that is simply its code. */
    static Step of(Runnable body) {
        return new Step() {
            @Override
            public void run() {
                body.run();
            }

            @Override
            public void close() {
                // Nothing was recorded.
            }
        };
    }

    @Override
    void close();
}
