package lstmgpu.backend;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Lends a backend to one case after the other: a fresh one each, or, where opening takes longer than most cases, the
 * same one until a case fails on it.
 */
final class BackendLender implements AutoCloseable {
    private final Supplier<Backend> source;
    private final boolean keeps;
    private Backend kept;

    BackendLender(Supplier<Backend> source, boolean keeps) {
        this.source = source;
        this.keeps = keeps;
    }

    void lend(Consumer<Backend> use) {
        Backend backend = kept == null ? source.get() : kept;
        kept = null;
        try {
            use.accept(backend);
            kept = keeps ? backend : null;
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
