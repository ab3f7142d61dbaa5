package lstmgpu.runs;

import java.util.List;
import lstmgpu.ChoiceName;
import lstmgpu.LstmGpuException;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.CharTokenizer;
import lstmgpu.data.TokenFile;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Clusters;
import lstmgpu.network.NetworkConfig;

/**
 * How somebody wants the probabilities of the next token; null where nothing is said.
 *
 * @param kind of softmax
 * @param cutoffs of an adaptive one
 */
public record SoftmaxChoice(Kind kind, List<Integer> cutoffs) {
    /** Nothing is said. */
    public static final SoftmaxChoice NONE = new SoftmaxChoice(null, null);

    /** The names {@code --softmax} takes, in lower case. */
    public enum Kind {
        /** Over all tokens. */
        FULL,
        /** Over the frequent tokens and clusters of the others. */
        ADAPTIVE
    }

    /** @throws LstmGpuException with exit code 2 for cutoffs of a softmax that has none */
    public SoftmaxChoice {
        cutoffs = cutoffs == null ? null : List.copyOf(cutoffs);
        if (cutoffs != null && kind != Kind.ADAPTIVE) {
            throw LstmGpuException.usage(
                    "--cutoffs divide the tokens of --softmax adaptive; add that, or leave them out");
        }
    }

    /**
     * A new language model with this softmax.
     *
     * @param text that it learns
     * @throws LstmGpuException with exit code 2 if the cutoffs are none of its vocabulary, or its tokens are not
     *     numbered by frequency
     */
    NetworkConfig of(NetworkConfig config, Tokenizer tokenizer, TokenFile text) {
        if (kind != Kind.ADAPTIVE) {
            return config;
        }
        if (tokenizer instanceof CharTokenizer || tokenizer instanceof ByteTokenizer) {
            throw LstmGpuException.usage(
                    "--softmax adaptive wants tokens numbered by falling frequency, and those of --tokenizer %s are"
                            + " not; use --tokenizer word or bpe",
                    tokenizer.kind());
        }
        int vocabulary = tokenizer.vocabularySize();
        List<Integer> used = cutoffs == null ? Cutoffs.of(config, text) : cutoffs;
        if (!Clusters.fit(vocabulary, used)) {
            throw LstmGpuException.usage(
                    "--cutoffs must be 1 to %d whole numbers above 0 and below the %,d tokens of the vocabulary, each"
                            + " above the one before, not %s",
                    Clusters.MOST, vocabulary, used);
        }
        int unknown = tokenizer.unknown().orElse(0);
        if (unknown >= used.getFirst()) {
            throw LstmGpuException.usage(
                    "the token for what the vocabulary lacks has the number %,d, which must be below the first of"
                            + " --cutoffs; with this tokenizer use --softmax full",
                    unknown);
        }
        return config.withClusters(new Clusters(vocabulary, used));
    }

    /** Exit code 2 where an earlier model has another softmax. */
    void refuse(NetworkConfig earlier, String owner) {
        Clusters clusters = earlier.clusters();
        String wanted = kind == null ? null : ChoiceName.of(kind);
        StackChoice.refuse("--softmax", wanted, ChoiceName.of(clusters == null ? Kind.FULL : Kind.ADAPTIVE), owner);
        StackChoice.refuse("--cutoffs", cutoffs, clusters == null ? List.of() : clusters.cutoffs(), owner);
    }
}
