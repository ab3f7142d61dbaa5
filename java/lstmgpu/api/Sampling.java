package lstmgpu.api;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.store.GenerationConfig;

/**
 * How a text is continued. Never changes: each call gives another one.
 *
 * @param length tokens to write, at least 0
 * @param temperature below 1 safer, above 1 wilder, 0 always the most probable token
 * @param topK only so many of the most probable tokens; 0 means all
 * @param topP only the most probable tokens that together reach this probability, above 0; 1 means all
 * @param minP only tokens at least this share as probable as the most probable one, from 0 to 1
 * @param repeatPenalty above 1, the last 64 tokens become less probable; 1 means none
 * @param stop texts at which it ends; they are not part of it
 * @param seed the same seed, the same text; empty means a new one each time, which {@link Written} tells
 * @param prime whether what begins a text is read as the beginning of a line, which a network that starts from nothing
 *     needs
 */
public record Sampling(
        int length,
        double temperature,
        int topK,
        double topP,
        double minP,
        double repeatPenalty,
        List<String> stop,
        OptionalLong seed,
        boolean prime) {
    /** Copies the stop texts. Ranges are checked when it is used. */
    public Sampling {
        stop = List.copyOf(stop);
    }

    /**
     * {@return what the program lstm-gpu takes where nothing is said: 500 tokens at temperature 0.8, and a new seed}
     */
    public static Sampling defaults() {
        return of(GenerationConfig.DEFAULT);
    }

    static Sampling of(GenerationConfig config) {
        return new Sampling(
                config.maxNewTokens(),
                real(config.temperature()),
                config.topK(),
                real(config.topP()),
                real(config.minP()),
                real(config.repetitionPenalty()),
                List.of(),
                OptionalLong.empty(),
                true);
    }

    /** The shortest decimal that is this float, so that it reads as it was written. */
    private static double real(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    /**
     * {@return the same with another length}
     *
     * @param tokens to write, at least 0
     */
    public Sampling length(int tokens) {
        return new Sampling(tokens, temperature, topK, topP, minP, repeatPenalty, stop, seed, prime);
    }

    /**
     * {@return the same with another temperature}
     *
     * @param degree at least 0; below 1 safer, above 1 wilder, 0 always the most probable token
     */
    public Sampling temperature(double degree) {
        return new Sampling(length, degree, topK, topP, minP, repeatPenalty, stop, seed, prime);
    }

    /**
     * {@return the same with only so many of the most probable tokens}
     *
     * @param tokens at least 0, which means all
     */
    public Sampling topK(int tokens) {
        return new Sampling(length, temperature, tokens, topP, minP, repeatPenalty, stop, seed, prime);
    }

    /**
     * {@return the same with only the most probable tokens that together reach a probability}
     *
     * @param probability above 0 and up to 1, which means all
     */
    public Sampling topP(double probability) {
        return new Sampling(length, temperature, topK, probability, minP, repeatPenalty, stop, seed, prime);
    }

    /**
     * {@return the same with only tokens that are probable enough beside the most probable one}
     *
     * @param share of that one's probability, from 0 to 1
     */
    public Sampling minP(double share) {
        return new Sampling(length, temperature, topK, topP, share, repeatPenalty, stop, seed, prime);
    }

    /**
     * {@return the same with another penalty for the last 64 tokens}
     *
     * @param penalty above 0; above 1 they become less probable, 1 means none
     */
    public Sampling repeatPenalty(double penalty) {
        return new Sampling(length, temperature, topK, topP, minP, penalty, stop, seed, prime);
    }

    /**
     * {@return the same with these texts at which it ends, instead of those before}
     *
     * @param texts none of them empty
     */
    public Sampling stop(String... texts) {
        return new Sampling(length, temperature, topK, topP, minP, repeatPenalty, List.of(texts), seed, prime);
    }

    /**
     * {@return the same with a seed, so that the same text comes out again}
     *
     * @param number any
     */
    public Sampling seed(long number) {
        return new Sampling(length, temperature, topK, topP, minP, repeatPenalty, stop, OptionalLong.of(number), prime);
    }

    /**
     * {@return the same with what begins a text read alone, or as the beginning of a line}
     *
     * @param asLine whether as the beginning of a line
     */
    public Sampling prime(boolean asLine) {
        return new Sampling(length, temperature, topK, topP, minP, repeatPenalty, stop, seed, asLine);
    }

    /** Checked. */
    GenerationSettings settings(boolean logprobs) {
        return new GenerationSettings(
                length,
                Float.parseFloat(Double.toString(temperature)),
                topK,
                Float.parseFloat(Double.toString(topP)),
                Float.parseFloat(Double.toString(minP)),
                false,
                Float.parseFloat(Double.toString(repeatPenalty)),
                stop,
                seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(Integer.MAX_VALUE)),
                1,
                logprobs);
    }
}
