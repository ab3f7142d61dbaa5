package lstmgpu.backend;

import java.util.function.IntConsumer;

/** Draws the next tokens of every sequence, each from what the ones before it left. */
public interface TokenLoop extends AutoCloseable {
    /**
     * What a token goes through on its way to the next one's logits.
     *
     * @param plan of one step, whose state is carried from token to token
     * @param input of the plan; where it is {@link RnnInput.Features}, the loop's body brings them
     * @param outputWeight [V,H]; null where logits are not those of one linear layer, so that only the loop's body
     *     knows them
     * @param outputBias [V]
     * @param logits [B,V]: where the loop's body leaves and reads them
     * @param weights what the matrices were rounded to, so that they can be kept in fewer bytes; null where they have
     *     all bits
     */
    record Network(
            RnnPlan plan,
            DeviceBuffer rnnParameters,
            RnnInput input,
            DeviceBuffer outputWeight,
            DeviceBuffer outputBias,
            DeviceBuffer logits,
            int vocabulary,
            RoundedWeights weights) {}

    /**
     * A token by operations of a backend.
     *
     * @param bring makes the network's input what the newest tokens ask for
     * @param predict all on the way from the newest tokens to the logits behind them, {@code bring} and the carrying of
     *     the state included
     * @param choose draws from the logits, puts the loss to a place in [0, limit), and moves the clock on
     */
    record Body(Runnable bring, Runnable predict, IntConsumer choose) {
        /** The whole token. */
        void draw(int place) {
            predict.run();
            choose.accept(place);
        }
    }

    /**
     * How tokens are drawn; see {@link Drawing#sample}.
     *
     * @param sampling of every sequence; null where each has its own, which a loop's body knows
     * @param clock moves on by one a token
     * @param history INT32 [B,W]
     * @param tokens INT32 [B]: what is read first, and in the end the newest
     * @param losses [count,B]: −log of the probability of each drawn token at temperature 1; or null
     */
    record Draws(
            SamplingSpec sampling, StepClock clock, DeviceBuffer history, DeviceBuffer tokens, DeviceBuffer losses) {}

    /** Most tokens of a sequence that one {@link #draw} draws. */
    int most();

    /**
     * Draws tokens; where they went, the history tells.
     *
     * @param wanted at least 1
     * @return how many it were, between 1 and the smaller of {@code wanted} and {@link #most}
     */
    int draw(int wanted);

    @Override
    void close();
}
