package lstmgpu.backend.reference;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lstmgpu.backend.Philox;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.SamplingSpec;

/** Draws the next token of one sequence. */
final class ReferenceSampler {
    private final SamplingSpec spec;

    ReferenceSampler(SamplingSpec spec) {
        this.spec = spec;
    }

    /** Draws for every sequence by its settings and puts each token into its sequence's ring. */
    static void drawAll(
            ReferenceBuffer logits,
            int vocabulary,
            ReferenceBuffer settings,
            int step,
            ReferenceBuffer ring,
            ReferenceBuffer tokens) {
        int sequences = (int) tokens.length();
        if (ring.length() % sequences != 0) {
            throw new IllegalArgumentException(
                    "history holds " + ring.length() + " elements for " + sequences + " sequences");
        }
        int window = (int) ring.length() / sequences;
        for (int sequence = 0; sequence < sequences; sequence++) {
            double[] z = new double[vocabulary];
            for (int v = 0; v < vocabulary; v++) {
                z[v] = logits.get(sequence * vocabulary + v);
            }
            int[] past = new int[window];
            for (int place = 0; place < window; place++) {
                past[place] = ring.getInt(sequence * window + place);
            }
            int[] row = new int[SamplingRows.WORDS];
            for (int word = 0; word < row.length; word++) {
                row[word] = settings.getInt(sequence * row.length + word);
            }
            int token = new ReferenceSampler(SamplingRows.spec(row))
                    .draw(z, past, step - row[SamplingRows.BEGUN], row[SamplingRows.SEQUENCE]);
            tokens.setInt(sequence, token);
            ring.setInt(sequence * window + step % window, token);
        }
    }

    /**
     * @param logits of the sequence
     * @param history tokens of the sequence; −1 where empty
     */
    int draw(double[] logits, int[] history, int drawNumber, int sequence) {
        double[] z = penalised(logits, history);
        if (spec.temperature() == 0) {
            return ReferenceSoftmax.indexOfLargest(z);
        }
        double[] p = ReferenceSoftmax.softmax(
                Arrays.stream(z).map(value -> value / spec.temperature()).toArray());
        List<Integer> kept = filtered(p);
        double total = kept.stream().mapToDouble(token -> p[token]).sum();
        double u = ReferenceRandom.uniform(spec.seed(), Philox.SAMPLING, drawNumber, sequence);
        double cumulative = 0;
        for (int token : kept) {
            cumulative += p[token] / total;
            if (cumulative > u) {
                return token;
            }
        }
        return kept.getLast();
    }

    private double[] penalised(double[] logits, int[] history) {
        double[] z = logits.clone();
        for (int token : Arrays.stream(history).distinct().toArray()) {
            if (token >= 0) {
                z[token] = z[token] > 0 ? z[token] / spec.repeatPenalty() : z[token] * spec.repeatPenalty();
            }
        }
        return z;
    }

    /** The tokens that may be drawn, in order of identifier. */
    private List<Integer> filtered(double[] p) {
        List<Integer> ranked = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(token -> -p[token]))
                .collect(Collectors.toList());
        if (spec.topK() > 0) {
            ranked = ranked.subList(0, Math.min(spec.topK(), ranked.size()));
        }
        if (spec.topP() < 1) {
            ranked = shortestRun(p, ranked);
        }
        double least = spec.minP() * p[ranked.getFirst()];
        return ranked.stream().filter(token -> p[token] >= least).sorted().toList();
    }

    private List<Integer> shortestRun(double[] p, List<Integer> ranked) {
        double total = ranked.stream().mapToDouble(token -> p[token]).sum();
        double sum = 0;
        for (int count = 1; count <= ranked.size(); count++) {
            sum += p[ranked.get(count - 1)] / total;
            if (sum >= spec.topP()) {
                return ranked.subList(0, count);
            }
        }
        return ranked;
    }
}
