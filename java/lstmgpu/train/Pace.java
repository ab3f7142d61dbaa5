package lstmgpu.train;

import lstmgpu.network.TrainingStep;

/**
 * When to look at the device, and how fast it goes. A look waits for the device, so it comes every few steps: about
 * four a second, and before the loss history is full.
 */
final class Pace {
    private static final int LONGEST = TrainingStep.LOSS_HISTORY / 2;
    private static final double SHORT_SECONDS = 0.15;
    private static final double LONG_SECONDS = 0.5;
    private static final double NANOS = 1e-9;

    private final double maxSeconds;
    private final long start = System.nanoTime();
    private long lookStart = start;
    private int stepsTimed;
    private int interval = 1;
    private int lookStep;
    private double stepSeconds;

    /**
     * @param firstStep where this process begins
     * @param maxSeconds that it may take; infinite without a limit
     */
    Pace(int firstStep, double maxSeconds) {
        this.lookStep = firstStep;
        this.maxSeconds = maxSeconds;
    }

    boolean lookDue(int step) {
        return step - lookStep >= interval;
    }

    boolean timeOver() {
        return seconds() >= maxSeconds;
    }

    /** Seconds since the beginning, everything included. */
    double seconds() {
        return (System.nanoTime() - start) * NANOS;
    }

    /** The steps since the last look are done. */
    void looked(int step) {
        double elapsed = (System.nanoTime() - lookStart) * NANOS;
        int steps = step - lookStep;
        if (elapsed < SHORT_SECONDS && steps >= interval) {
            interval = Math.min(2 * interval, LONGEST);
        } else if (elapsed > LONG_SECONDS) {
            interval = Math.max(1, interval / 2);
        }
        stepSeconds = elapsed / steps;
        stepsTimed += steps;
        lookStep = step;
        lookStart = System.nanoTime();
    }

    /** Time between the last look and now was not spent on steps. */
    void pauseOver() {
        lookStart = System.nanoTime();
    }

    /** The share of its time that this process has used; 0 without a limit. */
    double timeUsed() {
        return maxSeconds == 0 ? 1 : Math.min(1, seconds() / maxSeconds);
    }

    /** Of one of the steps between the last two looks; 0 before there were any. */
    double stepSeconds() {
        return stepSeconds;
    }

    /** Of the steps between the last two looks; NaN before there were any. */
    double speed(long lengthPerStep) {
        return stepsTimed == 0 ? Double.NaN : lengthPerStep / stepSeconds;
    }

    /** To the last step or to the time limit; NaN where neither is known. */
    double secondsLeft(int step, int totalSteps) {
        double steps = totalSteps == TrainingSettings.UNLIMITED || stepsTimed == 0
                ? Double.POSITIVE_INFINITY
                : (totalSteps - step) * seconds() / stepsTimed;
        double time = Math.max(0, maxSeconds - seconds());
        double left = Math.min(steps, time);
        return Double.isInfinite(left) ? Double.NaN : left;
    }
}
