package lstmgpu.backend.cpu;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tasks one after the other in one hand-over: a thread that is through with its share of one goes on with the next as
 * soon as the others are through with theirs. A thread takes the share of its own number first, so that what a share
 * reads stays in that processor's cache, and others' shares that nobody has taken after that.
 */
final class TaskChain implements WorkerPool.Task {
    private static final int SPINS_BEFORE_YIELD = 1_000;

    /** Words between two threads' counters, so that they lie in different lines of the cache. */
    private static final int APART = 32;

    private final WorkerPool.Task[] tasks;
    private final int shares;

    /** Of every share the number of tasks of which somebody has taken it. */
    private final AtomicIntegerArray taken;

    /** Shares that were done, of all tasks. */
    private final AtomicLong done = new AtomicLong();

    private volatile boolean failed;

    TaskChain(List<WorkerPool.Task> tasks, WorkerPool pool) {
        this.tasks = tasks.toArray(WorkerPool.Task[]::new);
        shares = pool.size();
        taken = new AtomicIntegerArray(shares * APART);
    }

    /** Goes back to the first task. */
    TaskChain begin() {
        for (int share = 0; share < shares; share++) {
            taken.set(share * APART, 0);
        }
        failed = false;
        done.set(0);
        return this;
    }

    @Override
    public void run(Worker worker) {
        int spins = 0;
        while (!failed) {
            int task = (int) (done.get() / shares);
            if (task == tasks.length) {
                return;
            }
            int share = take(worker.number(), task);
            if (share >= 0) {
                work(task, worker.take(share));
                spins = 0;
            } else if (spins++ < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /** A share of a task that was not taken before, the preferred one if possible; negative where there is none. */
    private int take(int preferred, int task) {
        for (int i = 0; i < shares; i++) {
            int share = (preferred + i) % shares;
            if (taken.get(share * APART) == task && taken.compareAndSet(share * APART, task, task + 1)) {
                return share;
            }
        }
        return -1;
    }

    private void work(int task, Worker worker) {
        boolean through = false;
        try {
            tasks[task].run(worker);
            through = true;
        } finally {
            if (through) {
                done.incrementAndGet();
            } else {
                failed = true; // The pool throws what was thrown; the others wait for nothing more.
            }
        }
    }
}
