package lstmgpu.data.subword;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs work that a foreign file describes where it can be left: in a thread with a stack of its own. Java's regular
 * expressions have ways to compute for ever and look at a character now and then; matches that compute for half a
 * second more than their characters are worth are given up.
 */
public final class Guard {
    private static final long STACK_BYTES = 16L << 20;
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final long MOST_NANOSECONDS = 500_000_000;
    /** Twenty times what the expressions of large models take on a slow processor. */
    private static final long NANOSECONDS_A_CHARACTER = 20_000;

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
        long advanced = effort.advanced();
        long used = 0;
        long behind = 0;
        while (thread.isAlive()) {
            try {
                thread.join(LOOK);
            } catch (InterruptedException later) {
                interrupted = true;
                continue;
            }
            long characters = effort.advanced() - advanced;
            long spent = thread.isAlive() ? processorTime(thread) - used : 0;
            advanced += characters;
            used += spent;
            behind = Math.max(0, behind + (effort.isMatching() ? spent : 0) - NANOSECONDS_A_CHARACTER * characters);
            if (behind > MOST_NANOSECONDS) {
                effort.giveUp();
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
