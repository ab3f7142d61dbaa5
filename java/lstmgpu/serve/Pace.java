package lstmgpu.serve;

import java.util.concurrent.TimeUnit;

/**
 * When what is written of a text leaves for its client. Where few texts are written each token leaves at once. Where
 * many are, the time of the processor would go into waking threads and into calls of the system, one for every token of
 * every client; so the tokens of a few milliseconds leave together, each as its own event. The more texts there are,
 * the longer: a model then writes to all its clients together about four thousand times a second.
 *
 * <p>They leave at instants that all streams share, so that threads are woken for many of them together.
 */
final class Pace {
    /** Longest time that a token waits here, in milliseconds: less than between two pictures on a screen. */
    static final int LONGEST = 16;

    /** So many texts make it a millisecond. */
    private static final int TEXTS = 4;

    /** Until then nothing but the end of a text is worth waking a thread for. */
    private long notBefore;

    private final boolean whole;

    private Pace(long notBefore, boolean whole) {
        this.notBefore = notBefore;
        this.whole = whole;
    }

    /** Of a stream that begins: its first token leaves at once. */
    static Pace ofStream() {
        return new Pace(System.nanoTime(), false);
    }

    /** Of an answer that is given as a whole. */
    static Pace ofWhole() {
        return new Pace(System.nanoTime() + Long.MAX_VALUE / 2, true);
    }

    /** The earliest instant at which what is there leaves, by {@link System#nanoTime}. */
    long notBefore() {
        return notBefore;
    }

    /** Something has just left, while so many texts are written. */
    void left(long now, int texts) {
        if (whole) {
            return;
        }
        long period = TimeUnit.MILLISECONDS.toNanos(milliseconds(texts));
        notBefore = period == 0 ? now : now + period - Math.floorMod(now, period);
    }

    /**
     * Milliseconds for which tokens are gathered while so many texts are written: 0, 1, 2, 4, 8 or {@link #LONGEST}.
     */
    static int milliseconds(int texts) {
        return Math.min(LONGEST, Integer.highestOneBit(texts / TEXTS));
    }
}
