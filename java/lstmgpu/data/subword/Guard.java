package lstmgpu.data.subword;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs work that a foreign file describes where it can be left: in a thread with a stack of its own. Java's regular expressions have ways
 * to compute for ever without looking at a character; work that computes for half a second and spends no {@link Effort} is given up.
 */
public final class Guard {
    private static final long STACK_BYTES = 16L << 20;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final long STALLED_NANOSECONDS = 500_000_000;

    private Guard() {}

    /**
     * Returns when the work is done; whatever it throws is thrown here.
     *
     * @throws Effort.Exceeded if it does not get on, or nests too deep for any stack
     */
    public static void run(Effort effort, Runnable work) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform()
                .name("tokenizer")
                .daemon()
                .stackSize(STACK_BYTES)
                .unstarted(() -> {
                    try {
                        work.run();
                    } catch (Throwable thrown) {
                        failure.set(thrown);
                    }
                });
        thread.start();
        await(thread, effort);
        switch (failure.get()) {
            case null -> {}
            case StackOverflowError deep -> throw new Effort.Exceeded("it nests too deep for this text", deep);
            case RuntimeException thrown -> throw thrown;
            case Error thrown -> throw thrown;
            default -> throw new IllegalStateException(failure.get());
        }
    }

    private static void await(Thread thread, Effort effort) {
        boolean interrupted = false;
        long left = effort.left();
        long since = 0;
        while (thread.isAlive()) {
            try {
                thread.join(LOOK);
            } catch (InterruptedException later) {
                interrupted = true;
                continue;
            }
            long used = thread.isAlive() ? processorTime(thread) : 0;
            if (effort.left() != left) {
                left = effort.left();
                since = used;
            } else if (used - since > STALLED_NANOSECONDS) {
                throw new Effort.Exceeded("a regular expression does not come to an end on this text", null);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of one thread; a machine that sleeps or is busy elsewhere does not count. */
    private static long processorTime(Thread thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
    }
}
