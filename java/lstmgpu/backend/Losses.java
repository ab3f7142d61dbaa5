package lstmgpu.backend;

/** What predictions are measured by; {@link Backend} says what holds for all operations. */
public interface Losses {
    /**
     * losses[n] = −log softmax(logits[n,:])[targets[n]] in nats; and, unless null, dLogits[n,v] =
     * scale·(softmax(logits[n,:])[v] − [v = targets[n]]) and best[n] = the most probable token, the lowest among
     * equals.
     *
     * @param logits [N,V]
     * @param targets INT32 [N]
     * @param losses [N]
     * @param dLogits [N,V] or null; may be logits itself
     * @param best INT32 [N] or null
     */
    void softmaxCrossEntropy(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best);

    /**
     * losses[i] = (prediction[i] − target[i])² and, unless null, dPrediction[i] = 2·scale·(prediction[i] − target[i]),
     * for every i of prediction.
     *
     * @param dPrediction may be prediction itself
     */
    void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction);

    /** history[STEP % length of history] = mean of losses. */
    void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history);
}
