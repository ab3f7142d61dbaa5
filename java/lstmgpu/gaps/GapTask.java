package lstmgpu.gaps;

import java.util.Locale;

/** The tasks, by the names that people type. */
public enum GapTask {
    /** The first symbol decides. */
    FIRST(new FirstSymbol()),
    /** Two marked numbers are added. */
    ADDING(new Adding()),
    /** Symbols are repeated after a gap. */
    COPY(new Copying());

    private final GapProblem problem;

    GapTask(GapProblem problem) {
        this.problem = problem;
    }

    GapProblem problem() {
        return problem;
    }

    /** Its name in files and flags. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
