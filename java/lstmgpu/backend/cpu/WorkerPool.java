package lstmgpu.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs one task on all threads at once and returns when the last is done. A recurrent loop does so hundreds of times a step, some
 * microseconds each, so idle threads spin for a while before they sleep. The calling thread is one of the workers.
 */
final class WorkerPool implements AutoCloseable {
    /** A part of the work: each worker takes its share. Kept by its owner, so that a call makes no garbage. */
    interface Task {
        void run(Worker worker);
    }

    private static final int SPINS = 20_000;
    private static final int SPINS_BEFORE_YIELD = 2_000;

    private final Worker[] workers;
    private final Thread[] threads;
    private final AtomicInteger round = new AtomicInteger();
    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile Task task;
    private volatile boolean closed;
    private volatile Throwable failure;

    WorkerPool(int count) {
        workers = new Worker[count];
        threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            workers[i] = new Worker(i, count);
        }
        for (int i = 1; i < count; i++) {
            Worker worker = workers[i];
            threads[i] = Thread.ofPlatform().daemon().name("cpu-worker-" + i).start(() -> serve(worker));
        }
    }

    int size() {
        return workers.length;
    }

    /** Runs the task on every worker. Not to be called from inside a task. */
    void run(Task next) {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        if (workers.length == 1) {
            next.run(workers[0]);
            return;
        }
        task = next;
        unfinished.set(workers.length - 1);
        round.incrementAndGet();
        for (int i = 1; i < threads.length; i++) {
            LockSupport.unpark(threads[i]);
        }
        Throwable own = null;
        try {
            next.run(workers[0]);
        } catch (RuntimeException | Error e) {
            own = e;
        }
        for (int spins = 0; unfinished.get() > 0; spins++) {
            pause(spins);
        }
        rethrow(own);
    }

    private void rethrow(Throwable own) {
        Throwable first = own != null ? own : failure;
        failure = null;
        switch (first) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(first);
        }
    }

    private static void pause(int spins) {
        if (spins < SPINS_BEFORE_YIELD) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private void serve(Worker worker) {
        int seen = 0;
        while (!closed) {
            if (!await(seen)) {
                return;
            }
            seen++;
            try {
                task.run(worker);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            unfinished.decrementAndGet();
        }
    }

    private boolean await(int seen) {
        for (int spins = 0; round.get() == seen; spins++) {
            if (closed) {
                return false;
            }
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        for (int i = 1; i < threads.length; i++) {
            LockSupport.unpark(threads[i]);
        }
    }
}
