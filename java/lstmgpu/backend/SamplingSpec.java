package lstmgpu.backend;

/**
 * How the next token is drawn from logits z, in this order.
 *
 * <ol>
 *   <li>Tokens in the sequence's history: z = z/repeatPenalty if z > 0, otherwise z·repeatPenalty (Keskar 2019). 1
 * means none.
 *   <li>temperature 0: the largest z wins, the lowest identifier among equals, and nothing below applies.
 *   <li>p = softmax(z / temperature).
 *   <li>topK > 0: only the topK most probable remain. topP < 1: of those, renormalised, the shortest run from the most
 *       probable whose sum reaches topP (Holtzman 2020). minP > 0: of those, the ones with p ≥ minP·max p. Among equals
 *       the lower identifier ranks first.
 *   <li>With u uniform in [0, 1) from {@link Philox} (stream {@link Philox#SAMPLING}, step = draw number, element =
 *       sequence), the first token in order of identifier whose cumulative probability among the remaining ones exceeds
 *       u.
 * </ol>
 */
public record SamplingSpec(float temperature, int topK, float topP, float minP, float repeatPenalty, long seed) {}
