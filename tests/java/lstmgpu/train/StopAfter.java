package lstmgpu.train;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Step;

/**
 * A backend that asks for a stop while the n-th training step is running, as a signal would. The first steps that are
 * captured are the training steps, one for every length there is; those of evaluation and generation come later.
 */
final class StopAfter {
    private final Backend backend;
    private Runnable stop = () -> {};
    private int forms;
    private int left;

    /** @param lengths that training steps have */
    StopAfter(Backend wrapped, int lengths, int steps) {
        this.forms = lengths;
        this.left = steps;
        this.backend = (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(wrapped, arguments);
                        return result instanceof Step step ? counted(step) : result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private Step counted(Step step) {
        if (forms == 0) {
            return step;
        }
        forms--;
        return new Step() {
            @Override
            public void run() {
                if (--left == 0) {
                    stop.run();
                }
                step.run();
            }

            @Override
            public void close() {
                step.close();
            }
        };
    }

    Backend backend() {
        return backend;
    }

    void stop(Runnable action) {
        stop = action;
    }
}
