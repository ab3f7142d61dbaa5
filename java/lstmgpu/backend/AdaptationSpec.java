package lstmgpu.backend;

/**
 * How weights follow a text while it is evaluated and are drawn back to what they were: dynamic evaluation (Krause,
 * Kahembwe, Murray and Renals 2018). With the trained weights p₀, the gradient g of the segment just read and, in the
 * RMS form, s, the root of the mean of g² over training batches:
 *
 * <ul>
 *   <li>RMS: p += min(decay·s/mean, 1)·(p₀ − p) − rate·g/(s + ε). What the paper writes as λ·RMS_norm, with the limit
 *       that its authors' program sets so that no weight is drawn past p₀.
 *   <li>SGD, without s: p += decay·(p₀ − p) − rate·g.
 * </ul>
 *
 * @param rate η, finite and not below 0
 * @param decay λ, in [0, 1]
 * @param epsilon ε, above 0 in the RMS form
 * @param mean of s over all weights, above 0 in the RMS form
 */
public record AdaptationSpec(float rate, float decay, float epsilon, float mean) {
    /** @throws IllegalArgumentException if a rate or a decay lies elsewhere */
    public AdaptationSpec {
        if (!(rate >= 0 && rate < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a rate is finite and not below 0, not " + rate);
        }
        if (!(decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException("the decay towards the trained weights lies in [0, 1], not at " + decay);
        }
    }
}
