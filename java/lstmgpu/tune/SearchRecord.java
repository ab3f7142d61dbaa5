package lstmgpu.tune;

import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;

/**
 * A search as tune.json has it.
 *
 * @param command the words of the command that is run again and again, inputs last, as they are found from the
 *     search's folder
 * @param space the values of settings by flags, as {@link Dimension#texts} tells them
 * @param seed of the draws
 * @param runs 0 where only the time ends the search
 * @param rungs of {@link Halving}
 * @param lossUnit such as "nats per token"; empty before the first run
 * @param judged what the losses are measured on, which has to be the same for all
 * @param seconds it has taken, earlier processes included
 */
public record SearchRecord(
        List<String> command,
        Map<String, List<String>> space,
        long seed,
        int runs,
        int eta,
        int rungs,
        String lossUnit,
        String judged,
        double seconds,
        List<Trial> trials) {
    public SearchRecord {
        command = List.copyOf(command);
        trials = List.copyOf(trials);
    }

    SearchRecord with(double spent, List<Trial> found) {
        return new SearchRecord(command, space, seed, runs, eta, rungs, lossUnit, judged, spent, found);
    }

    /** With another number of runs; those that have begun stay. */
    public SearchRecord withRuns(int wanted) {
        return new SearchRecord(command, space, seed, wanted, eta, rungs, lossUnit, judged, seconds, trials);
    }

    SearchRecord judgedBy(String unit, String what) {
        return new SearchRecord(command, space, seed, runs, eta, rungs, unit, what, seconds, trials);
    }

    /**
     * Losses in other units or over other data say nothing about which is better.
     *
     * @throws LstmGpuException with exit code 2 for such
     */
    void requireComparable(String unit, String what) {
        if (!judged.isEmpty() && !(judged.equals(what) && lossUnit.equals(unit))) {
            throw LstmGpuException.usage(
                    "its loss cannot be compared: it is in %s over %s, where others have %s over %s",
                    unit, what, lossUnit, judged);
        }
    }

    /** The best so far; null before a run has climbed a rung. */
    public Trial best() {
        return trials.stream()
                .filter(trial -> trial.isSound() && trial.rungs() > 0)
                .min(Trial.BEST_FIRST)
                .orElse(null);
    }

    /** How its runs are halved. */
    public Halving halving() {
        return new Halving(runs, eta, rungs);
    }
}
