package lstmgpu.generate;

/**
 * A token and how probable the model found it.
 *
 * @param position in the text, from 0; scoring starts at 1
 * @param logprob natural logarithm
 */
public record ScoredToken(long position, int id, String token, double logprob) {}
