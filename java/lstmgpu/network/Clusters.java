package lstmgpu.network;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How an adaptive softmax divides a vocabulary (Grave, Joulin, Cissé, Grangier and Jégou 2017): tokens below the first
 * cutoff are in the head, which has one more entry for each cluster; cluster k has the tokens from cutoffs[k] to the
 * next cutoff, or the end. The rarer its tokens, the narrower a cluster: it reads W/4^(k+1) numbers, of W. Tokens are
 * to be numbered by falling frequency.
 *
 * @param vocabulary V
 * @param cutoffs rising, the first at least 1, the last below V
 */
public record Clusters(int vocabulary, List<Integer> cutoffs) {
    /** The most cutoffs there can be. */
    public static final int MOST = 8;

    /** By what a cluster is narrower than the one before. */
    private static final int DIVISOR = 4;

    public Clusters {
        cutoffs = List.copyOf(cutoffs);
        if (!fit(vocabulary, cutoffs)) {
            throw new IllegalArgumentException("%s are no cutoffs of %d tokens".formatted(cutoffs, vocabulary));
        }
    }

    /** Whether these can be the cutoffs of so many tokens. */
    public static boolean fit(int vocabulary, List<Integer> cutoffs) {
        int before = 0;
        for (int cutoff : cutoffs) {
            if (cutoff <= before) {
                return false;
            }
            before = cutoff;
        }
        return before > 0 && before < vocabulary && cutoffs.size() <= MOST;
    }

    /** K. */
    public int count() {
        return cutoffs.size();
    }

    /** Tokens that are in no cluster. */
    public int frequent() {
        return cutoffs.getFirst();
    }

    /** Rows of the head: its tokens, then the clusters. */
    public int entries() {
        return frequent() + count();
    }

    /** The first token of cluster k. */
    public int first(int k) {
        return cutoffs.get(k);
    }

    /** The tokens of cluster k. */
    public int size(int k) {
        return (k + 1 < count() ? cutoffs.get(k + 1) : vocabulary) - cutoffs.get(k);
    }

    /** Of so many numbers those that cluster k reads. */
    public int width(int k, int units) {
        int width = units;
        for (int i = 0; i <= k; i++) {
            width /= DIVISOR;
        }
        return Math.max(1, width);
    }

    /** The tokens of the largest cluster. */
    int largest() {
        int largest = 0;
        for (int k = 0; k < count(); k++) {
            largest = Math.max(largest, size(k));
        }
        return largest;
    }

    /** The cutoffs and V, as {@link lstmgpu.backend.Losses#partition} wants them. */
    int[] limits() {
        List<Integer> limits = new ArrayList<>(cutoffs);
        limits.add(vocabulary);
        return limits.stream().mapToInt(Integer::intValue).toArray();
    }

    /** For messages: how many tokens are where. */
    public String line() {
        List<String> sizes = IntStream.range(0, count())
                .mapToObj(k -> "%,d".formatted(size(k)))
                .toList();
        return "the adaptive softmax has %,d frequent tokens and clusters of %s"
                .formatted(frequent(), String.join(" and ", sizes));
    }

    @Override
    public String toString() {
        return "clusters of tokens from %s".formatted(cutoffs);
    }
}
