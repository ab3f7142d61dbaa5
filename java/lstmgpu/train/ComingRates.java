package lstmgpu.train;

import lstmgpu.backend.StepClock;
import lstmgpu.data.BatchPlan;

/** The learning rates of the steps to come, which lie in the device's memory. */
final class ComingRates {
    private final StepClock clock;
    private final Schedule schedule;
    private final RunHistory history;
    private final BatchPlan plan;
    private final boolean timed;
    private final float[] rates = new float[StepClock.RATES];
    private int end;

    /**
     * @param plan that says how long the steps are, where they differ
     * @param timed whether they follow the share of the time that has passed
     */
    ComingRates(StepClock clock, Schedule schedule, RunHistory history, BatchPlan plan, boolean timed) {
        this.clock = clock;
        this.schedule = schedule;
        this.history = history;
        this.plan = plan;
        this.timed = timed;
    }

    /** Another schedule is in force, or the clock's share of the time has to be looked at again. */
    void forget() {
        end = 0;
    }

    /** Called before every step; writes only where the rate of this one is not known there. */
    void reach(int step) {
        if (step < end) {
            return;
        }
        if (timed) {
            schedule.passed(history.timeShare(step));
        }
        for (int i = 0; i < StepClock.RATES; i++) {
            rates[(step + i) % StepClock.RATES] = (float) (plan.rateShare(step + i) * schedule.rate(step + i));
        }
        clock.setRates(rates);
        end = step + StepClock.RATES;
    }
}
