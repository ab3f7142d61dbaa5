package lstmgpu.api;

/**
 * A token of a text and how probable a model finds it.
 *
 * @param position in the text, from 0; the first that is scored has 1
 * @param id in the vocabulary
 * @param token as text
 * @param logprob the natural logarithm of its probability, given all tokens before it
 */
public record ScoredToken(long position, int id, String token, double logprob) {}
