package lstmgpu.backend;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lends a backend to one case after the other, the same one until a case fails on it: to open one takes longer than
 * most cases.
 */
final class BackendLender implements AutoCloseable {
    private final Supplier<Backend> source;
    private Backend kept;

    BackendLender(Supplier<Backend> source) {
        this.source = source;
    }

    void lend(Consumer<Backend> use) {
        Backend backend = kept == null ? source.get() : kept;
        kept = null;
        try {
            use.accept(backend);
            kept = backend;
        } finally {
            if (kept == null) {
                backend.close();
            }
        }
    }

    @Override
    public void close() {
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }
}
