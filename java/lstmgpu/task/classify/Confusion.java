package lstmgpu.task.classify;

import java.util.ArrayList;
import java.util.List;

/** How often each class was predicted for each class. */
public final class Confusion {
    private final long[][] counts;

    /** With nothing counted, of so many classes. */
    public Confusion(int classes) {
        this.counts = new long[classes][classes];
    }

    /**
     * How well a class is predicted. Where nothing divides, a share is 0.
     *
     * @param precision of those predicted to be of it, the share that is
     * @param recall of those that are of it, the share predicted so
     * @param f1 their harmonic mean
     * @param documents that are of it
     */
    public record Scores(double precision, double recall, double f1, long documents) {}

    public void add(int actual, int predicted) {
        add(actual, predicted, 1);
    }

    void add(int actual, int predicted, long documents) {
        counts[actual][predicted] += documents;
    }

    /** C. */
    public int classes() {
        return counts.length;
    }

    public long count(int actual, int predicted) {
        return counts[actual][predicted];
    }

    /** Documents of a class. */
    public long documents(int actual) {
        long sum = 0;
        for (long count : counts[actual]) {
            sum += count;
        }
        return sum;
    }

    /** Documents for which a class was predicted. */
    public long predicted(int predicted) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[predicted];
        }
        return sum;
    }

    public long total() {
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += documents(i);
        }
        return sum;
    }

    /** The share that was predicted rightly. */
    public double accuracy() {
        long hits = 0;
        for (int i = 0; i < counts.length; i++) {
            hits += counts[i][i];
        }
        return share(hits, total());
    }

    public Scores of(int place) {
        long hits = counts[place][place];
        double precision = share(hits, predicted(place));
        double recall = share(hits, documents(place));
        double f1 = share(2 * hits, documents(place) + predicted(place));
        return new Scores(precision, recall, f1, documents(place));
    }

    /** The mean of F1 over the classes of which there are documents or predictions, each counting alike. */
    public double macroF1() {
        List<Double> f1 = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (documents(i) + predicted(i) > 0) {
                f1.add(of(i).f1());
            }
        }
        return f1.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
