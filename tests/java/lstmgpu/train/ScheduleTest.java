package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final float RATE = 0.02f;
    private static final int EPOCH = 10;
    private static final int TOTAL = 104;
    private static final double CLOSE = 1e-8;

    private static Schedule schedule(Schedule.Kind kind, int warmup, float decay, int every) {
        return new Schedule(new RateSettings(kind, warmup, decay, every), RATE, EPOCH, TOTAL, false);
    }

    @Test
    void constantAfterALinearWarmup() {
        Schedule schedule = schedule(Schedule.Kind.CONSTANT, 4, 0.5f, 0);
        assertEquals(0.005, schedule.rate(0), CLOSE);
        assertEquals(0.010, schedule.rate(1), CLOSE);
        assertEquals(0.020, schedule.rate(3), CLOSE);
        assertEquals(0.020, schedule.rate(4), CLOSE);
        assertEquals(0.020, schedule.rate(1_000_000), CLOSE);
    }

    @Test
    void stepFallsAtOnceEveryEpochOrEverySoManySteps() {
        Schedule epochs = schedule(Schedule.Kind.STEP, 0, 0.5f, 0);
        assertEquals(0.02, epochs.rate(9), CLOSE);
        assertEquals(0.01, epochs.rate(10), CLOSE);
        assertEquals(0.005, epochs.rate(20), CLOSE);
        Schedule steps = schedule(Schedule.Kind.STEP, 4, 0.1f, 3);
        assertEquals(0.02, steps.rate(6), CLOSE, "decays are counted from the end of the warm-up");
        assertEquals(0.002, steps.rate(7), CLOSE);
    }

    @Test
    void exponentialFallsSmoothly() {
        Schedule schedule = schedule(Schedule.Kind.EXPONENTIAL, 0, 0.25f, 10);
        assertEquals(0.02 * 0.5, schedule.rate(5), CLOSE);
        assertEquals(0.02 * 0.25, schedule.rate(10), CLOSE);
    }

    @Test
    void cosineRunsFromTheWarmupToTheLastStep() {
        Schedule schedule = schedule(Schedule.Kind.COSINE, 4, 1, 0);
        assertEquals(0.02, schedule.rate(4), CLOSE);
        assertEquals(0.01, schedule.rate(54), CLOSE);
        assertEquals(0.02 * 0.5 * (1 + Math.cos(Math.PI * 0.25)), schedule.rate(29), CLOSE);
        assertEquals(0, schedule.rate(104), CLOSE);
        assertTrue(schedule.rate(103) > 0);
        assertEquals(0, schedule.rate(1000), CLOSE);
        RateSettings cosine = new RateSettings(Schedule.Kind.COSINE, 0, 1, 0);
        LstmGpuException refusal = assertThrows(
                LstmGpuException.class, () -> new Schedule(cosine, RATE, EPOCH, TrainingSettings.UNLIMITED, false));
        assertEquals(ExitCode.USAGE, refusal.exitCode());
    }

    @Test
    void cosineFollowsTheTimeWhereStepsAreNotKnown() {
        RateSettings cosine = new RateSettings(Schedule.Kind.COSINE, 4, 1, 0);
        Schedule schedule = new Schedule(cosine, RATE, EPOCH, TrainingSettings.UNLIMITED, true);
        assertEquals(0.005, schedule.rate(0), CLOSE, "the warm-up counts steps");
        schedule.passed(new Schedule.TimeShare(100, 0.5, 0.01));
        assertEquals(0.01, schedule.rate(100), CLOSE);
        assertEquals(0.02 * 0.5 * (1 + Math.cos(Math.PI * 0.75)), schedule.rate(125), CLOSE);
        assertEquals(0, schedule.rate(160), CLOSE, "after its time");
        schedule.passed(new Schedule.TimeShare(110, 0.5, 0.01));
        assertEquals(0.01, schedule.rate(110), CLOSE, "steps took longer than was thought");
    }

    @Test
    void plateauFallsAfterSoManyEvaluationsWithoutABetterLoss() {
        Schedule schedule = schedule(Schedule.Kind.PLATEAU, 0, 0.5f, 2);
        assertFalse(schedule.evaluated(true));
        assertFalse(schedule.evaluated(false));
        assertFalse(schedule.evaluated(true), "a better loss starts the count anew");
        assertFalse(schedule.evaluated(false));
        assertTrue(schedule.evaluated(false));
        assertEquals(0.01, schedule.rate(50), CLOSE);
        assertFalse(schedule.evaluated(false));
        Schedule other = schedule(Schedule.Kind.PLATEAU, 0, 0.5f, 2);
        other.restore(schedule.state());
        assertTrue(other.evaluated(false));
        assertEquals(0.005, other.rate(50), CLOSE);
        assertTrue(schedule(Schedule.Kind.PLATEAU, 0, 0.5f, 0).evaluated(false), "0 means after each");
    }
}
