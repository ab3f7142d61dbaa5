package lstmgpu.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Divides a task into as many shares as there are threads and returns when the last is done. A recurrent loop does so
 * hundreds of times a step, some microseconds each, so idle threads spin for a while before they sleep. Whoever is free
 * takes the next share: where another program holds a core, the calling thread does the work itself instead of waiting
 * for a thread that does not run. What is computed depends on the shares alone, not on who takes them.
 */
final class WorkerPool implements AutoCloseable {
    /** A part of the work: each share is run once. Kept by its owner, so that a call makes no garbage. */
    interface Task {
        void run(Worker worker);
    }

    /** About a tenth of a millisecond: whoever needs the core meanwhile waits for it. */
    private static final int SPINS = 2_000;

    private static final int SPINS_BEFORE_YIELD = 1_000;
    private static final int SHARE_BITS = 16;
    private static final long SHARE_MASK = (1L << SHARE_BITS) - 1;

    private final Worker caller;
    private final Worker alone = new Worker(0, 1);
    private final Thread[] helpers;
    private final int shares;

    /** The number of the current task, and below it that of the next share nobody has taken. */
    private final AtomicLong next;

    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile Task task;
    private volatile boolean closed;
    private volatile Throwable failure;

    WorkerPool(int count) {
        shares = count;
        next = new AtomicLong(count);
        caller = new Worker(0, count);
        helpers = new Thread[count - 1];
        for (int i = 0; i < helpers.length; i++) {
            Worker worker = new Worker(i + 1, count);
            helpers[i] =
                    Thread.ofPlatform().daemon().name("cpu-worker-" + (i + 1)).start(() -> serve(worker));
        }
    }

    int size() {
        return shares;
    }

    /** Runs every share of the task. Not to be called from inside a task. */
    void run(Task work) {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        task = work;
        unfinished.set(shares);
        next.set((next.get() >>> SHARE_BITS) + 1 << SHARE_BITS);
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
        takeShares(caller);
        for (int spins = 0; unfinished.get() > 0; spins++) {
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        if (failure != null) {
            rethrow();
        }
    }

    /** Runs a task that is too short to be divided, on the calling thread. Not to be called from inside a task. */
    void runAlone(Task work) {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        work.run(alone);
    }

    private void rethrow() {
        Throwable first = failure;
        failure = null;
        if (first instanceof RuntimeException exception) {
            throw exception;
        }
        throw (Error) first;
    }

    /** Takes and runs shares of the current task until there are none left. */
    private void takeShares(Worker worker) {
        while (true) {
            long taken = next.get();
            long share = taken & SHARE_MASK;
            if (share >= shares) {
                return;
            }
            // As long as a share is left the task cannot change; if it has, the number has too and the exchange fails.
            Task work = task;
            if (next.compareAndSet(taken, taken + 1)) {
                try {
                    work.run(worker.take((int) share));
                } catch (RuntimeException | Error e) {
                    failure = e;
                } finally {
                    unfinished.decrementAndGet();
                }
            }
        }
    }

    private void serve(Worker worker) {
        int spins = 0;
        while (!closed) {
            if ((next.get() & SHARE_MASK) < shares) {
                takeShares(worker);
                spins = 0;
            } else if (spins++ < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }
}
