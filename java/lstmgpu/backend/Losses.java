package lstmgpu.backend;

/** What predictions are measured by; {@link Backend} says what holds for all operations. */
public interface Losses {
    /**
     * losses[n] = −log softmax(logits[n,:])[targets[n]] in nats; and, unless null, dLogits[n,v] =
     * scale·(softmax(logits[n,:])[v] − (1−ε)·[v = targets[n]] − ε/V) and best[n] = the most probable token, the lowest
     * among equals.
     *
     * @param logits [N,V]
     * @param targets INT32 [N]; below 0 for a row that is left out: its loss is 0, so is its best, and its dLogits stay
     *     as they were
     * @param smoothing ε in [0, 1) of label smoothing (Szegedy et al. 2016): the gradient is that of the cross-entropy
     *     with a distribution of which ε is spread over all tokens; losses stay those of the target
     * @param losses [N]
     * @param dLogits [N,V] or null; may be logits itself
     * @param best INT32 [N] or null
     */
    void softmaxCrossEntropy(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            float smoothing,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best);

    /**
     * Divides rows among clusters of tokens, for an adaptive softmax (Grave et al. 2017): a token below the first
     * cutoff is a frequent one and in no cluster, another is in cluster k where cutoffs[k] ≤ token < cutoffs[k+1].
     *
     * @param tokens INT32 [N], each in [0, V)
     * @param cutoffs INT32 [K+1], rising; the last one is V
     * @param behind what {@link ClusterRows#inside} has behind a cluster's last row
     */
    void partition(DeviceBuffer tokens, DeviceBuffer cutoffs, int behind, ClusterRows rows);

    /**
     * out[n, at+j] = log softmax(logits[n,:])[j] + (outer == null ? 0 : log softmax(outer[n,:])[entry]) for every j <
     * kept: what an adaptive softmax says of the tokens of its head, or of a cluster.
     *
     * @param logits [N,W]
     * @param outer [N,U] or null
     * @param out [N,V]
     */
    void logSoftmax(DeviceBuffer logits, DeviceBuffer outer, LogSoftmaxSpec spec, DeviceBuffer out);

    /**
     * losses[i] = (prediction[i] − target[i])² and, unless null, dPrediction[i] = 2·scale·(prediction[i] − target[i]),
     * for every i of prediction.
     *
     * @param dPrediction may be prediction itself
     */
    void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction);

    /**
     * The error of quantiles (Koenker and Bassett 1978): with e = target[n] − prediction[n,k] and q = quantiles[k],
     * losses[n,k] = max(q·e, (q−1)·e) and, unless null, dPrediction[n,k] = scale·(−q where e > 0, 1−q where e < 0, 0
     * where e = 0), for every n of target and k of quantiles.
     *
     * @param quantiles [Q], each in (0, 1)
     * @param prediction [N,Q]
     * @param target [N]
     * @param losses [N,Q]
     * @param dPrediction [N,Q] or null; may be prediction itself
     */
    void quantileError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            DeviceBuffer quantiles,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction);

    /**
     * Huber's error (1964): with e = prediction[i] − target[i], losses[i] = e²/2 where |e| ≤ delta, delta·(|e| −
     * delta/2) beyond and, unless null, dPrediction[i] = scale·e, but no further from 0 than scale·delta, for every i
     * of prediction. With delta = 0 it is the absolute error: losses[i] = |e|, dPrediction[i] = scale·sign(e), 0 at 0.
     *
     * @param delta finite, not below 0
     * @param dPrediction may be prediction itself, or null
     */
    void huberError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            float delta,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction);

    /**
     * x[n,:] = weights[n]·x[n,:], for every n of weights. Where a weight is 0 so is the row, even if it was not finite.
     *
     * @param x [N,W], in place
     * @param width W
     */
    void weigh(DeviceBuffer x, DeviceBuffer weights, int width);

    /**
     * The gradient of alpha/2·Σ y² + beta/2·Σ (y[t] − y[t−1])² (activation and temporal activation regularisation,
     * Merity, McCann and Socher 2017) is added to dy: dy[t] += alpha·y[t] + beta·((y[t] − y[t−1]) − (y[t+1] − y[t])),
     * where the first step has no step before it and the last none behind.
     *
     * @param y [T,B,W]
     * @param steps T
     * @param dy [T,B,W]
     */
    void activationPenalty(DeviceBuffer y, int steps, float alpha, float beta, DeviceBuffer dy);

    /** history[STEP % length of history] = mean of losses. */
    void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history);
}
