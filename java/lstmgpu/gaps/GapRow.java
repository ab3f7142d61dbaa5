package lstmgpu.gaps;

import lstmgpu.backend.Cell;

/**
 * What a network has learnt of a task over a gap.
 *
 * @param length of the gap, in steps
 * @param result share of right answers, or the mean squared error where the task has one, on new sequences
 * @param steps of training
 * @param seconds that it took
 * @param timeOver whether its time ended it, and not its steps or success
 */
public record GapRow(GapTask task, Cell cell, int length, double result, int steps, double seconds, boolean timeOver) {
    /** What is reached without a memory. */
    public double chance() {
        return task.problem().chance();
    }

    /** Whether it counts as solved. */
    public boolean solved() {
        return task.problem().isSolved(result);
    }

    /** Whether the result is a share of right answers; otherwise it is an error. */
    public boolean isAccuracy() {
        return task.problem().isCounted();
    }

    /** How much of what there is to learn it has learnt: 0 without a memory, 1 without a mistake. */
    public double learnt() {
        return (result - chance()) / (isAccuracy() ? 1 - chance() : -chance());
    }
}
