package lstmgpu.gaps;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;

/**
 * Trains a network for every task, gap and cell, the short gaps first, and finds out which are solved. A cell that has
 * failed on a gap is not tried on longer ones. Of the time that is left a network may take a sixth, or its share in
 * proportion to the gaps of those that may still come where that is more; what it does not need is left to the others.
 */
public final class GapRun {
    private static final double NANOS = 1e-9;
    private static final int LOOK_EVERY = 10;
    private static final int JUDGED = 512;

    /** Seconds; where a step takes so long, the clock is looked at after each. */
    private static final double SLOW_STEP = 0.05;

    /** The part of the time left that any network may take, since most need less. */
    private static final double LEAST_SHARE = 1.0 / 6;

    private final Backend backend;
    private final GapSettings settings;
    private final long start = System.nanoTime();
    private final double seconds;
    private final Listener listener;

    /** Hears how far a run is. */
    public interface Listener {
        /** A network has come so far; called every few steps. */
        default void progress(GapTask task, Cell cell, int length, int steps, double loss) {}

        /** A network is done. */
        void row(GapRow row);
    }

    /** @param seconds in all */
    public GapRun(Backend backend, GapSettings settings, double seconds, Listener listener) {
        this.backend = backend;
        this.settings = settings;
        this.seconds = seconds;
        this.listener = listener;
    }

    private record Job(GapTask task, int length, Cell cell) {
        double weight() {
            return task.problem().steps(length);
        }
    }

    /** @param lengths rising */
    public void run(List<GapTask> tasks, List<Integer> lengths, List<Cell> cells) {
        List<Job> jobs = new ArrayList<>();
        for (GapTask task : tasks) {
            for (int length : lengths) {
                cells.forEach(cell -> jobs.add(new Job(task, length, cell)));
            }
        }
        Set<Cell> failed = EnumSet.noneOf(Cell.class);
        GapTask before = null;
        while (!jobs.isEmpty()) {
            Job job = jobs.getFirst();
            if (job.task() != before) {
                failed.clear();
                before = job.task();
            }
            double all = jobs.stream().mapToDouble(Job::weight).sum();
            double share = (seconds - elapsed(start)) * Math.max(LEAST_SHARE, job.weight() / all);
            GapRow row = train(job, share);
            listener.row(row);
            jobs.removeFirst();
            if (!row.solved()) {
                jobs.removeIf(later -> later.task() == job.task() && later.cell() == job.cell());
            }
        }
    }

    private static double elapsed(long since) {
        return (System.nanoTime() - since) * NANOS;
    }

    /** Seconds: forward only, which is about a third of a step. */
    private double judging(double stepSeconds) {
        return stepSeconds / 3 * Math.ceilDiv(JUDGED, settings.batch());
    }

    private GapRow train(Job job, double share) {
        long begin = System.nanoTime();
        GapProblem problem = job.task().problem();
        // Of each network its own, so that its result does not depend on which others there are.
        String name = "%s %s %d".formatted(job.task().word(), job.cell().word(), job.length());
        SplittableRandom random = new SplittableRandom(settings.seed() ^ (long) name.hashCode() << Integer.SIZE);
        try (GapNetwork network = new GapNetwork(backend, problem, job.cell(), job.length(), settings, random)) {
            int steps = 0;
            double stepSeconds = 0;
            while (true) {
                network.learn();
                steps++;
                boolean last = steps == settings.maxSteps();
                boolean judged = last || steps % LOOK_EVERY == 0;
                if (!judged && steps > 1 && stepSeconds < SLOW_STEP) {
                    continue;
                }
                double loss = network.loss();
                listener.progress(job.task(), job.cell(), job.length(), steps, loss);
                stepSeconds = elapsed(begin) / steps;
                boolean timeOver = !last && elapsed(begin) + judging(stepSeconds) >= share;
                // Only there, however long a step takes: judging draws sequences, on which later steps depend.
                if (last || timeOver || judged && loss <= problem.promisingLoss()) {
                    double result = network.judge(JUDGED);
                    boolean solved = problem.isSolved(result);
                    if (last || timeOver || solved) {
                        return new GapRow(
                                job.task(),
                                job.cell(),
                                job.length(),
                                result,
                                steps,
                                elapsed(begin),
                                timeOver && !solved);
                    }
                }
            }
        }
    }
}
