package lstmgpu.train;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import lstmgpu.backend.Backend;

/** A backend that asks for a stop while the n-th training step is running, as a signal would. */
final class StopAfter {
    private final Backend backend;
    private Runnable stop = () -> {};
    private int left;

    StopAfter(Backend wrapped, int steps) {
        this.left = steps;
        this.backend = (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("optimizerStep") && --left == 0) {
                        stop.run();
                    }
                    try {
                        return method.invoke(wrapped, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    Backend backend() {
        return backend;
    }

    void stop(Runnable action) {
        stop = action;
    }
}
