package lstmgpu.tune;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which run trains next: successive halving (Jamieson and Talwalkar 2016; Li et al. 2017). On rung k of K, from 0, a
 * run has trained the share η^−(K−1−k) of its steps. Of n runs, ⌊n/η^k⌋ but at least one are on rung k, and the best
 * of a rung go on once all that are meant for it have come there. Without n, whenever η more have come to a rung
 * another of the best goes on (Li et al. 2020), so that a search can be ended at any time.
 *
 * @param runs n; 0 where only the time ends the search
 * @param eta η
 * @param rungs K
 */
public record Halving(int runs, int eta, int rungs) {
    /** The share of the first rung is not smaller than that of the fourth below the top: too little tells nothing. */
    private static final int MOST_RUNGS = 4;

    private static final int RUNGS_WITHOUT_END = 3;

    /** What is to be done next: a run climbs a rung. */
    public record Job(Trial trial, int rung) {}

    /** As many rungs as so many runs fill. */
    public static Halving of(int runs, int eta) {
        int rungs = 1;
        for (long size = eta; runs > 0 && size <= runs && rungs < MOST_RUNGS; size *= eta) {
            rungs++;
        }
        return new Halving(runs, eta, runs == 0 ? RUNGS_WITHOUT_END : rungs);
    }

    /** Which of a run's steps it has trained at the end of a rung. */
    public double share(int rung) {
        return Math.pow(eta, rung + 1 - rungs);
    }

    /** As {@link #share}, such as 1/9; 1 for all. */
    public String shareText(int rung) {
        return rung == rungs - 1 ? "1" : "1/" + Math.round(1 / share(rung));
    }

    /** Steps of a run at the end of a rung. */
    public int steps(int rung, int totalSteps) {
        return Math.clamp((long) Math.ceil(share(rung) * totalSteps), 1, totalSteps);
    }

    /**
     * The run that climbs next; null where a new one is to begin or, if there are no others, where the search is over.
     * A run that is given up makes room for the next best.
     *
     * @param trials all that have begun
     * @param drawn whether there will be no others
     * @param busy the runs that climb at this moment, elsewhere
     */
    public Job next(List<Trial> trials, boolean drawn, List<Job> busy) {
        Set<Integer> climbing = busy.stream().map(job -> job.trial().run()).collect(Collectors.toSet());
        Job begun = trials.stream()
                .filter(trial -> trial.isSound() && trial.rungs() == 0 && !climbing.contains(trial.run()))
                .map(trial -> new Job(trial, 0)) // Its process was ended.
                .findFirst()
                .orElse(null);
        if (begun != null || !drawn && runs > 0) {
            return begun;
        }
        for (int i = 0; i < rungs - 1; i++) {
            int rung = drawn ? i : rungs - 2 - i;
            if (drawn && busy.stream().anyMatch(job -> job.rung() <= rung)) {
                return null; // Not all have come there.
            }
            int going = drawn ? meantFor(rung + 1, trials.size()) : came(trials, rung) / eta;
            Trial best = waiting(trials, rung, going, climbing);
            if (best != null) {
                return new Job(best, rung + 1);
            }
        }
        return null;
    }

    /**
     * The best of a rung that has not gone on from there, if it is among those that may; who was given up on the next
     * rung has no place there.
     */
    private static Trial waiting(List<Trial> trials, int rung, int going, Set<Integer> climbing) {
        return trials.stream()
                .filter(trial -> trial.rungs() > rung + (trial.isSound() ? 0 : 1))
                .sorted(Comparator.comparingDouble(
                        trial -> trial.marks().get(rung).loss()))
                .limit(going)
                .filter(trial -> trial.rungs() == rung + 1 && !climbing.contains(trial.run()))
                .findFirst()
                .orElse(null);
    }

    /** Runs that are meant for a rung. */
    public int meantFor(int rung, int all) {
        return Math.max(1, (int) (all / Math.pow(eta, rung)));
    }

    /** Those that have climbed a rung or were given up on it. */
    private static int came(List<Trial> trials, int rung) {
        return (int) trials.stream()
                .filter(trial -> trial.rungs() > rung || !trial.isSound() && trial.rungs() == rung)
                .count();
    }
}
