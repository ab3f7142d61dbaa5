package lstmgpu.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import lstmgpu.ChoiceName;

/**
 * A run of a search and how far it has come.
 *
 * @param run its number from 1
 * @param settings values by flags
 * @param reason why it was given up; empty if it was not
 * @param marks what it had reached when it paused, rung by rung
 */
public record Trial(int run, Map<String, String> settings, Status status, String reason, List<Mark> marks) {
    /** The further it has come the better, then the lower its loss; what diverged is worse, what was refused last. */
    public static final Comparator<Trial> BEST_FIRST = Comparator.comparing(Trial::status)
            .thenComparing(Trial::rungs, Comparator.reverseOrder())
            .thenComparing(Trial::loss)
            .thenComparing(Trial::run);

    public Trial {
        marks = List.copyOf(marks);
    }

    /** Whether it can go on. */
    public enum Status {
        SOUND,
        DIVERGED,
        REFUSED;

        /** Of a run that was given up; empty for one that was not. */
        public String word() {
            return this == SOUND ? "" : ChoiceName.of(this);
        }
    }

    /**
     * What a run had reached at the end of a rung.
     *
     * @param steps it has trained, from its beginning
     * @param loss the lowest so far on the held-out data
     * @param bestStep where that was
     * @param seconds it has trained, from its beginning
     */
    public record Mark(int steps, double loss, int bestStep, double seconds) {}

    static Trial drawn(int run, Map<String, String> settings) {
        return new Trial(run, settings, Status.SOUND, "", List.of());
    }

    Trial reached(Mark mark) {
        List<Mark> all = new ArrayList<>(marks);
        all.add(mark);
        return new Trial(run, settings, status, reason, all);
    }

    Trial givenUp(Status why, String sentence) {
        return new Trial(run, settings, why, sentence, marks);
    }

    /** Rungs it has climbed. */
    public int rungs() {
        return marks.size();
    }

    /** The lowest on the held-out data; infinite before it was measured. */
    public double loss() {
        return marks.isEmpty() ? Double.POSITIVE_INFINITY : marks.getLast().loss();
    }

    /** Of training. */
    public double seconds() {
        return marks.isEmpty() ? 0 : marks.getLast().seconds();
    }

    public boolean isSound() {
        return status == Status.SOUND;
    }
}
