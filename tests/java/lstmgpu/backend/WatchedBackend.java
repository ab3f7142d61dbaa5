package lstmgpu.backend;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A backend that tells of every call, of its memory and of its operations, before it is made. */
public final class WatchedBackend {
    private static final Set<Class<?>> OPERATIONS =
            Set.of(Texts.class, Layers.class, Losses.class, Optimisation.class, Drawing.class, Recurrence.class);

    private WatchedBackend() {}

    /** Hears of a call; what it throws, the call throws. */
    @FunctionalInterface
    public interface Watcher {
        void before(String method, Object[] arguments);
    }

    public static Backend of(Backend backend, Watcher watcher) {
        return (Backend) watched(Backend.class, backend, watcher);
    }

    private static Object watched(Class<?> type, Object wrapped, Watcher watcher) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
            watcher.before(method.getName(), arguments);
            try {
                Object result = method.invoke(wrapped, arguments);
                Class<?> kind = method.getReturnType();
                return OPERATIONS.contains(kind) ? watched(kind, result, watcher) : result;
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        });
    }
}
