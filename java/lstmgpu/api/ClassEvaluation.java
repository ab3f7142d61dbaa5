package lstmgpu.api;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.task.classify.Confusion;

/**
 * How well a model tells classes.
 *
 * @param whole loss, and the metrics accuracy and macro_f1
 * @param classes each of them, in the order of {@link ClassModel#labels}
 */
public record ClassEvaluation(Evaluation whole, List<Scores> classes) {
    /** Copies the list. */
    public ClassEvaluation {
        classes = List.copyOf(classes);
    }

    /**
     * How well a class is told; a share is 0 where nothing divides.
     *
     * @param label the class
     * @param precision of the texts taken for it, the share that is of it
     * @param recall of the texts of it, the share taken for it
     * @param f1 their harmonic mean
     * @param texts that are of it
     * @param takenFor how many of those were taken for each class, in the order of the classes
     */
    public record Scores(String label, double precision, double recall, double f1, long texts, List<Long> takenFor) {
        /** Copies the list. */
        public Scores {
            takenFor = List.copyOf(takenFor);
        }
    }

    static ClassEvaluation of(Evaluation whole, Confusion confusion, List<String> labels) {
        List<Scores> classes = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            Confusion.Scores own = confusion.of(i);
            List<Long> takenFor = new ArrayList<>();
            for (int j = 0; j < labels.size(); j++) {
                takenFor.add(confusion.count(i, j));
            }
            classes.add(new Scores(labels.get(i), own.precision(), own.recall(), own.f1(), own.documents(), takenFor));
        }
        return new ClassEvaluation(whole, classes);
    }
}
