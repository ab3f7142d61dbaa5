package lstmgpu.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Natural logarithms of probabilities at temperature 1, from a row of predictions. */
final class LogProbabilities {
    private final float[] logits;
    private final int start;
    private final int vocabulary;
    private final double total;

    /** @param start where the row of one sequence begins */
    LogProbabilities(float[] logits, int start, int vocabulary) {
        this.logits = logits;
        this.start = start;
        this.vocabulary = vocabulary;
        double largest = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < vocabulary; v++) {
            largest = Math.max(largest, logits[start + v]);
        }
        double sum = 0;
        for (int v = 0; v < vocabulary; v++) {
            sum += Math.exp(logits[start + v] - largest);
        }
        total = largest + Math.log(sum);
    }

    float of(int token) {
        return (float) (logits[start + token] - total);
    }

    /** A token with the most probable ones. */
    LaneToken token(int id, int alternatives) {
        return new LaneToken(id, of(id), mostProbable(Math.min(alternatives, vocabulary)));
    }

    private List<LaneToken.Alternative> mostProbable(int count) {
        if (count == 0) {
            return List.of();
        }
        Comparator<Integer> worstFirst =
                Comparator.<Integer>comparingDouble(v -> logits[start + v]).thenComparing(Comparator.reverseOrder());
        PriorityQueue<Integer> best = new PriorityQueue<>(count + 1, worstFirst);
        for (int v = 0; v < vocabulary; v++) {
            best.add(v);
            if (best.size() > count) {
                best.remove();
            }
        }
        LaneToken.Alternative[] found = new LaneToken.Alternative[count];
        for (int place = count - 1; place >= 0; place--) {
            int token = best.remove();
            found[place] = new LaneToken.Alternative(token, of(token));
        }
        return new ArrayList<>(Arrays.asList(found));
    }
}
