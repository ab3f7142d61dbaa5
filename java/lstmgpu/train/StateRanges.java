package lstmgpu.train;

import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.StepClock;

/** The numbers of a state.json that others count on from. */
final class StateRanges {
    /** The clock is set some steps ahead, which must not overflow. */
    private static final int MOST_STEPS = TrainingSettings.UNLIMITED - StepClock.RATES;

    private StateRanges() {}

    /**
     * The same, each number in its range.
     *
     * @throws LstmGpuException with exit code 3, naming the field that is not
     */
    static Checkpoint.State checked(Path file, Checkpoint.State state) {
        int steps = state.step();
        long named = CheckpointStore.step(file.toAbsolutePath().getParent());
        if (steps < 0 || steps > MOST_STEPS || steps != named) {
            throw wrong(file, "step", steps, "the %d of its folder's name, at most %d".formatted(named, MOST_STEPS));
        }
        if (!(state.seconds() >= 0 && Double.isFinite(state.seconds()))) {
            throw wrong(file, "seconds", state.seconds(), "0 or more");
        }
        inSteps(file, "schedule.decays", state.schedule().decays(), steps);
        inSteps(file, "schedule.waiting", state.schedule().waiting(), steps);
        inSteps(file, "stopping.bestStep", state.stopping().bestStep(), steps);
        inSteps(file, "stopping.waiting", state.stopping().waiting(), steps);
        atMost(file, "schedule.halvings", state.schedule().halvings(), TrainingLoop.MOST_HALVINGS);
        atMost(file, "metricsRows", state.metricsRows(), Integer.MAX_VALUE);
        atMost(file, "samplesBytes", state.samplesBytes(), Long.MAX_VALUE);
        inSteps(file, "losses.rowCount", state.losses().rowCount(), steps);
        inSteps(file, "norms.count", state.norms().count(), steps);
        inSteps(file, "losses.evaluationCount", state.losses().evaluationCount(), steps);
        checkAveraging(file, state.averaging(), steps);
        return state;
    }

    /** Nothing that is counted once a step at most can be more than the steps. */
    private static void inSteps(Path file, String field, int value, int steps) {
        if (value < 0 || value > steps) {
            throw wrong(file, field, value, "from 0 to its step, %d".formatted(steps));
        }
    }

    private static void checkAveraging(Path file, NonMonotone.State averaging, int steps) {
        if (averaging.start() != NonMonotone.NOT_YET) {
            inSteps(file, "averaging.start", averaging.start(), steps);
        }
        inSteps(file, "the length of averaging.recent", averaging.recent().size(), steps);
    }

    private static void atMost(Path file, String field, long value, long most) {
        if (value < 0 || value > most) {
            throw wrong(file, field, value, most < Integer.MAX_VALUE ? "from 0 to " + most : "0 or more");
        }
    }

    private static LstmGpuException wrong(Path file, String field, Number value, String right) {
        return LstmGpuException.data(
                "%s is damaged: the field %s is %s and must be %s; delete that checkpoint to go on from an older one",
                file, field, value, right);
    }
}
