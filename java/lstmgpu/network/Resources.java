package lstmgpu.network;

import java.util.ArrayDeque;
import java.util.Deque;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/**
 * Memory and plans that belong together: they are freed at once, the newest first, also where making the next one
 * fails.
 */
public final class Resources implements AutoCloseable {
    private final Backend backend;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** None yet. */
    public Resources(Backend backend) {
        this.backend = backend;
    }

    /** Zeroed memory; throws as {@link Backend#alloc}. */
    public DeviceBuffer alloc(ElementType type, long length) {
        return keep(backend.alloc(type, length));
    }

    /** Frees it with the others. */
    public <R extends AutoCloseable> R keep(R resource) {
        open.push(resource);
        return resource;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException failure) {
                throw failure;
            } catch (Exception failure) {
                throw new IllegalStateException("closing failed", failure);
            }
        }
    }
}
