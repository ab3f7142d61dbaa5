package lstmgpu.backend;

/**
 * The end of a training step: the norm, the optimiser, the clock; {@link Backend} says what holds for all operations.
 */
public interface Optimisation {
    /** out[0] = Σ x². Not finite if any x is not. */
    void sumOfSquares(DeviceBuffer x, DeviceBuffer out);

    /**
     * One step of the optimiser at the clock's STEP (t = STEP + 1) with its learning rate; afterwards the gradients are
     * zero. Where normSquared is not finite, parameters and moments stay as they are.
     *
     * @param firstMoment as long as parameters where {@link OptimizerSpec#usesFirstMoment}, otherwise null; likewise
     *     secondMoment
     * @param normSquared [1], the sum of squares of the gradients
     */
    void optimizerStep(
            OptimizerSpec spec,
            StepClock clock,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            DeviceBuffer normSquared);

    /**
     * Takes the weights after the step that the clock shows into their average: m = STEP + 1 − start of them count, and
     * where that is 1 or less the average becomes the weights, whatever it held. So it equals them until averaging
     * begins.
     *
     * @param start INT32 [1], steps done when averaging began, at least 0; {@link Integer#MAX_VALUE}: not yet
     * @param averaged as long as parameters, or longer
     */
    void average(AverageSpec spec, StepClock clock, DeviceBuffer start, DeviceBuffer parameters, DeviceBuffer averaged);

    /**
     * Adapts weights to a text and draws them back to the trained ones, as {@link AdaptationSpec} says; afterwards the
     * gradients are zero.
     *
     * @param gradients as long as parameters, or longer, as all others
     * @param trained p₀
     * @param scale s of the RMS form, none below 0; null for the SGD form
     */
    void adapt(
            AdaptationSpec spec,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer trained,
            DeviceBuffer scale);

    /** STEP and EPOCH_STEP go up by one; at stepsPerEpoch EPOCH_STEP returns to 0 and EPOCH goes up. */
    void advance(StepClock clock, int stepsPerEpoch);
}
