package lstmgpu.generate;

/**
 * A sample.
 *
 * @param text without the prompt and without the stop string; what a byte model wrote that is no UTF-8 is U+FFFD in it
 * @param bytes the same, in UTF-8 or as a byte model wrote it
 * @param tokens drawn, including those of the stop string
 * @param logprobs natural logarithm of every token's probability at temperature 1; empty unless asked for
 * @param stopped whether a stop string ended it
 */
@SuppressWarnings("ArrayRecordComponent")
public record GeneratedText(String text, byte[] bytes, int[] tokens, float[] logprobs, boolean stopped) {}
