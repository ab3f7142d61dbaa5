package lstmgpu.network;

import java.util.List;
import lstmgpu.network.Metric.Better;

/** What is measured of a network that predicts the next token. */
public final class TokenMetrics {
    /** e to the loss. */
    public static final Metric PERPLEXITY = new Metric("perplexity", "", Better.LOWER, 3, Math::exp);

    /** e to the nats that a word cost, where the words were counted; larger than per token where words have several. */
    public static final Metric PERPLEXITY_PER_WORD = new Metric("perplexity per word", "", Better.LOWER, 2);

    /** Of a text whose characters were counted. */
    public static final Metric BITS_PER_CHARACTER = new Metric("bits per character", "", Better.LOWER, 4);

    /** Of a text whose bytes were counted. */
    public static final Metric BITS_PER_BYTE = new Metric("bits per byte", "", Better.LOWER, 4);

    /** The tokens that were the most probable one. */
    public static final Metric ACCURACY = new Metric("accuracy", Metric.SHARE, Better.HIGHER, 2);

    /** All of it, the loss by cross-entropy. */
    public static final Measures MEASURES = new Measures(
            "token",
            "nats per token",
            4,
            List.of(PERPLEXITY, PERPLEXITY_PER_WORD, BITS_PER_CHARACTER, BITS_PER_BYTE, ACCURACY));

    private TokenMetrics() {}
}
