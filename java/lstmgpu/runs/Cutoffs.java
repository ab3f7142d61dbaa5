package lstmgpu.runs;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.data.TokenFile;
import lstmgpu.network.Clusters;
import lstmgpu.network.NetworkConfig;

/**
 * Cutoffs for a text: the two with which a token costs the fewest multiplications on average, by how often each token
 * comes, where the head has a twentieth of the vocabulary or more.
 */
final class Cutoffs {
    /** Fewer tokens are no vocabulary to divide. */
    private static final int FEWEST = 1000;

    /** Steps of a candidate to the next: a tenth of a decade. */
    private static final double RATIO = Math.pow(10, 0.1);

    /** The share of the vocabulary that is in the head in any case, since of it a model learns the most. */
    private static final double FREQUENT = 0.05;

    private final int units;
    private final int vocabulary;

    /** How many tokens of the text are below each number. */
    private final long[] below;

    private Cutoffs(NetworkConfig config, TokenFile text) {
        this.units = config.outputSize();
        this.vocabulary = config.vocabularySize();
        this.below = new long[vocabulary + 1];
        text.count(below);
        long before = 0;
        for (int token = 0; token <= vocabulary; token++) {
            long own = below[token];
            below[token] = before;
            before += own;
        }
    }

    static List<Integer> of(NetworkConfig config, TokenFile text) {
        if (config.vocabularySize() < FEWEST) {
            throw LstmGpuException.usage(
                    "--softmax adaptive is for vocabularies of %,d tokens or more, and this one has %,d; use --softmax"
                            + " full, or give --cutoffs",
                    FEWEST, config.vocabularySize());
        }
        return new Cutoffs(config, text).cheapest();
    }

    private List<Integer> cheapest() {
        List<Integer> candidates = new ArrayList<>();
        for (double at = FREQUENT * vocabulary; at < vocabulary; at *= RATIO) {
            candidates.add((int) at);
        }
        List<Integer> best = List.of();
        for (int first : candidates) {
            for (int second : candidates) {
                List<Integer> cutoffs = List.of(first, second);
                if (first < second && (best.isEmpty() || cost(cutoffs) < cost(best))) {
                    best = cutoffs;
                }
            }
        }
        return best;
    }

    /** Multiplications of a token. */
    private double cost(List<Integer> cutoffs) {
        Clusters clusters = new Clusters(vocabulary, cutoffs);
        double sum = (double) clusters.entries() * units;
        for (int k = 0; k < clusters.count(); k++) {
            long first = clusters.first(k);
            long rows = below[(int) first + clusters.size(k)] - below[(int) first];
            double width = clusters.width(k, units);
            sum += (double) rows / below[vocabulary] * width * (units + clusters.size(k));
        }
        return sum;
    }
}
