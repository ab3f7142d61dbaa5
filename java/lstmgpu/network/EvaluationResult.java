package lstmgpu.network;

/**
 * How well a model predicts a text.
 *
 * @param loss mean cross-entropy in nats per token
 * @param accuracy share of tokens that were the most probable one
 * @param tokens number of tokens predicted
 * @param characters code points those tokens stand for; 0 where it was not counted
 * @param utf8Bytes bytes those tokens stand for; 0 where it was not counted
 * @param seconds time it took
 */
public record EvaluationResult(
        double loss, double accuracy, long tokens, long characters, long utf8Bytes, double seconds) {
    /** e to the loss. */
    public double perplexity() {
        return Math.exp(loss);
    }

    /** NaN where characters were not counted. */
    public double bitsPerCharacter() {
        return bitsPer(characters);
    }

    /** NaN where bytes were not counted. */
    public double bitsPerByte() {
        return bitsPer(utf8Bytes);
    }

    public double tokensPerSecond() {
        return tokens / seconds;
    }

    private double bitsPer(long units) {
        return units == 0 ? Double.NaN : loss * tokens / Math.log(2) / units;
    }
}
