package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Every share of every task is run once, and none before the task ahead is done. */
class TaskChainTest {
    private static final int TASKS = 5;
    private static final int RUNS = 2000;

    @Test
    void sharesAreRunOnceAndTasksInOrder() {
        for (int threads : new int[] {1, 2, 5}) {
            try (WorkerPool pool = new WorkerPool(threads)) {
                AtomicInteger[] runs = new AtomicInteger[TASKS];
                AtomicInteger early = new AtomicInteger();
                List<WorkerPool.Task> tasks = new ArrayList<>();
                for (int i = 0; i < TASKS; i++) {
                    int task = i;
                    runs[i] = new AtomicInteger();
                    tasks.add(worker -> {
                        if (task > 0 && runs[task - 1].get() % threads != 0) {
                            early.incrementAndGet();
                        }
                        runs[task].addAndGet(1);
                    });
                }
                TaskChain chain = new TaskChain(tasks, pool);
                for (int run = 1; run <= RUNS; run++) {
                    pool.run(chain.begin());
                    for (AtomicInteger each : runs) {
                        assertEquals(run * threads, each.get());
                    }
                }
                assertEquals(0, early.get());
            }
        }
    }

    @Test
    void allSharesAreSeen() {
        try (WorkerPool pool = new WorkerPool(3)) {
            AtomicInteger sum = new AtomicInteger();
            TaskChain chain = new TaskChain(List.of(worker -> sum.addAndGet(1 << 8 * worker.share())), pool);
            pool.run(chain.begin());
            assertEquals(0x010101, sum.get());
        }
    }

    @Test
    void aFailureEndsTheChainAndTheNextOneRuns() {
        try (WorkerPool pool = new WorkerPool(2)) {
            AtomicInteger behind = new AtomicInteger();
            AtomicInteger calls = new AtomicInteger();
            TaskChain chain = new TaskChain(
                    List.of(
                            worker -> {
                                if (worker.share() == 1 && calls.getAndIncrement() == 0) {
                                    throw new IllegalStateException("on purpose");
                                }
                            },
                            _ -> behind.incrementAndGet()),
                    pool);
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> pool.run(chain.begin()));
            assertEquals("on purpose", thrown.getMessage());
            assertEquals(0, behind.get());
            pool.run(chain.begin());
            assertEquals(2, behind.get());
        }
    }
}
