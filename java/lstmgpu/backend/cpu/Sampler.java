package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Philox;
import lstmgpu.backend.SamplingRows;

/**
 * Draws tokens; the steps and their order are those of {@link lstmgpu.backend.SamplingSpec}. A worker does some of
 * the sequences.
 */
final class Sampler implements WorkerPool.Task {
    private static final double WORDS = 4294967296.0;

    private CpuBuffer logits;
    private CpuBuffer history;
    private CpuBuffer tokens;
    private CpuBuffer settings;
    private int sequences;
    private int vocabulary;
    private int window;
    private int step;

    Sampler of(DeviceBuffer scores, int vocabularySize, SamplingRows rows, int stepNumber) {
        vocabulary = vocabularySize;
        logits = CpuArguments.floats(scores, vocabulary, "logits");
        settings = CpuArguments.ints(rows.words(), SamplingRows.WORDS, "settings");
        step = stepNumber;
        return this;
    }

    /** One token per sequence; there are as many sequences as {@code out} has places. */
    Sampler into(DeviceBuffer recent, DeviceBuffer out) {
        sequences = Math.toIntExact(out.length());
        logits = CpuArguments.floats(logits, (long) sequences * vocabulary, "logits");
        settings = CpuArguments.ints(settings, (long) sequences * SamplingRows.WORDS, "settings");
        history = CpuArguments.ints(recent, sequences, "history");
        tokens = CpuArguments.ints(out, sequences, "tokens");
        window = Math.toIntExact(recent.length() / sequences);
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] z = worker.tile(0, vocabulary);
        int end = worker.to(sequences, 1);
        for (int sequence = worker.from(sequences, 1); sequence < end; sequence++) {
            logits.read((long) sequence * vocabulary, z, 0, vocabulary);
            int[] row = worker.intTile(0, SamplingRows.WORDS);
            settings.read((long) sequence * SamplingRows.WORDS, row, 0, SamplingRows.WORDS);
            penalize(z, worker, real(row, SamplingRows.PENALTY), sequence);
            int token = real(row, SamplingRows.TEMPERATURE) == 0 ? largest(z) : draw(worker, z, row);
            tokens.setInt(sequence, token);
            history.setInt((long) sequence * window + Integer.remainderUnsigned(step, window), token);
        }
    }

    private static float real(int[] row, int place) {
        return Float.intBitsToFloat(row[place]);
    }

    private void penalize(float[] z, Worker worker, float penalty, int sequence) {
        if (penalty == 1f) {
            return;
        }
        int[] recent = worker.intTile(1, window);
        history.read((long) sequence * window, recent, 0, window);
        for (int i = 0; i < window; i++) {
            if (recent[i] >= 0 && recent[i] < vocabulary && firstTime(recent, i)) {
                float value = z[recent[i]];
                z[recent[i]] = value > 0 ? value / penalty : value * penalty;
            }
        }
    }

    private static boolean firstTime(int[] recent, int at) {
        for (int i = 0; i < at; i++) {
            if (recent[i] == recent[at]) {
                return false;
            }
        }
        return true;
    }

    private int largest(float[] z) {
        int best = 0;
        for (int v = 1; v < vocabulary; v++) {
            if (z[v] > z[best]) {
                best = v;
            }
        }
        return best;
    }

    private int draw(Worker worker, float[] z, int[] row) {
        double[] p = worker.sums(vocabulary);
        float max = z[largest(z)];
        float temperature = real(row, SamplingRows.TEMPERATURE);
        for (int v = 0; v < vocabulary; v++) {
            p[v] = Math.exp(((double) z[v] - max) / temperature);
        }
        int topK = row[SamplingRows.TOP_K];
        float topP = real(row, SamplingRows.TOP_P);
        if (topK > 0 && topK < vocabulary || topP < 1) {
            keepMostProbable(p, topK, topP, worker.intTile(2, vocabulary));
        }
        float minP = real(row, SamplingRows.MIN_P);
        if (minP > 0) {
            // The largest weight is 1, so minP is the bound as it stands.
            for (int v = 0; v < vocabulary; v++) {
                p[v] = p[v] >= minP ? p[v] : 0;
            }
        }
        return pick(p, uniform(worker, row));
    }

    /**
     * Applies topK and topP: walks the tokens from the most probable on and clears what comes after the last one kept.
     */
    private void keepMostProbable(double[] p, int topK, float topP, int[] order) {
        int limit = topK > 0 ? Math.min(topK, vocabulary) : vocabulary;
        Ranking.largestFirst(p, order, vocabulary, limit);
        double total = 0;
        for (int rank = 0; rank < limit; rank++) {
            total += p[order[rank]];
        }
        double sum = 0;
        int kept = 0;
        while (kept < limit && (kept == 0 || topP >= 1 || sum < topP * total)) {
            sum += p[order[kept++]];
        }
        for (int rank = kept; rank < vocabulary; rank++) {
            p[order[rank]] = 0;
        }
    }

    private double uniform(Worker worker, int[] row) {
        int[] words = worker.intTile(3, 4);
        int sequence = row[SamplingRows.SEQUENCE];
        int draw = step - row[SamplingRows.BEGUN];
        Philox.block(SamplingRows.seed(row), Philox.SAMPLING, draw, sequence / 4, words, 0);
        return (words[sequence % 4] & 0xFFFFFFFFL) / WORDS;
    }

    private int pick(double[] p, double u) {
        double total = 0;
        for (int v = 0; v < vocabulary; v++) {
            total += p[v];
        }
        double sum = 0;
        int last = 0;
        for (int v = 0; v < vocabulary; v++) {
            if (p[v] > 0) {
                sum += p[v];
                last = v;
                if (sum > u * total) {
                    return v;
                }
            }
        }
        return last;
    }
}
