package lstmgpu.task.classify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import lstmgpu.LstmGpuException;

/**
 * How much a document of each class counts in the loss, such that the mean over the documents to train on is 1: so a
 * learning rate means the same with and without them.
 */
public final class ClassWeights {
    private static final String BALANCED = "balanced";
    private static final String FLAG = "--class-weights";

    private ClassWeights() {}

    /**
     * @param wanted null for all alike; {@code balanced} for the inverse of each class's documents; otherwise {@code
     *     label=weight,...}, with 1 for those that are not named
     * @param documents of each class
     * @throws LstmGpuException with exit code 2 if it is none of these, or a weight is not above 0
     */
    public static List<Float> of(String wanted, Labels labels, long[] documents) {
        List<Double> raw = new ArrayList<>(Collections.nCopies(labels.size(), 1.0));
        if (wanted != null && wanted.equals(BALANCED)) {
            for (int i = 0; i < labels.size(); i++) {
                raw.set(i, 1.0 / Math.max(1, documents[i]));
            }
        } else if (wanted != null) {
            for (String part : wanted.split(",", -1)) {
                set(part, labels, raw);
            }
        }
        double sum = 0;
        long all = 0;
        for (int i = 0; i < labels.size(); i++) {
            sum += raw.get(i) * documents[i];
            all += documents[i];
        }
        double scale = all / sum;
        List<Float> weights =
                raw.stream().map(weight -> (float) (scale * weight)).toList();
        if (!weights.stream().allMatch(Classifier::isWeight)) {
            throw LstmGpuException.usage("%s %s: the weights are too far apart", FLAG, wanted);
        }
        return weights;
    }

    private static void set(String part, Labels labels, List<Double> raw) {
        int end = part.lastIndexOf('=');
        String label = end < 0 ? part : part.substring(0, end).strip();
        if (end < 0 || !labels.has(label)) {
            throw LstmGpuException.usage(
                    "%s: '%s' is no label with its weight; give balanced or, for example, %s=2",
                    FLAG, part, labels.names().getFirst());
        }
        double weight;
        try {
            weight = Double.parseDouble(part.substring(end + 1));
        } catch (NumberFormatException _) {
            weight = Double.NaN;
        }
        if (!(weight > 0 && Double.isFinite(weight))) {
            throw LstmGpuException.usage("%s: the weight of '%s' must be a number above 0", FLAG, label);
        }
        raw.set(labels.place(label), weight);
    }
}
