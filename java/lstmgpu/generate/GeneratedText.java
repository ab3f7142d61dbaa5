package lstmgpu.generate;

/**
 * A sample.
 *
 * @param text without the prompt and without the stop string
 * @param tokens drawn, including those of the stop string
 * @param logprobs natural logarithm of every token's probability at temperature 1; empty unless asked for
 * @param stopped whether a stop string ended it
 */
@SuppressWarnings("ArrayRecordComponent")
public record GeneratedText(String text, int[] tokens, float[] logprobs, boolean stopped) {}
