package lstmgpu.generate;

import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.network.GenerationStep;

/**
 * How a text is continued; every range is checked.
 *
 * @param length tokens to draw; 0 draws none
 * @param temperature 0 means the most probable token each time
 * @param topK only so many of the most probable tokens; 0 means all
 * @param topP only the most probable tokens that together reach this probability; 1 means all
 * @param minP only tokens at least this share as probable as the most probable one; 0 means all
 * @param greedy the same as temperature 0
 * @param repeatPenalty divides the odds of the last {@link #PENALTY_WINDOW} tokens; 1 means none
 * @param stop texts at which a sample ends; they are not part of it
 * @param numSamples texts drawn side by side; sample i is sequence i
 * @param logprobs whether the samples carry every token's log-probability
 */
public record GenerationSettings(
        int length,
        float temperature,
        int topK,
        float topP,
        float minP,
        boolean greedy,
        float repeatPenalty,
        List<String> stop,
        long seed,
        int numSamples,
        boolean logprobs) {
    /** Tokens of the prompt and of the sample that the repeat penalty looks back on. */
    public static final int PENALTY_WINDOW = 64;

    /**
     * How many tokens a text is taken to have. What is computed beforehand depends on it, and with that the last bits
     * of a text's numbers, which are not to depend on the text's length or on who is written beside it.
     */
    static final int EXPECTED_TOKENS = 1024;

    /** Most samples side by side. */
    public static final int MAX_SAMPLES = 4096;

    public GenerationSettings {
        require(length >= 0, "--length must be 0 or above", length);
        require(
                temperature >= 0 && Float.isFinite(temperature),
                "--temperature must be 0 (greedy) or above",
                temperature);
        require(topK >= 0, "--top-k must be 0 (off) or above", topK);
        require(topP > 0 && topP <= 1, "--top-p must lie in (0, 1]", topP);
        require(minP >= 0 && minP <= 1, "--min-p must lie in [0, 1]", minP);
        require(repeatPenalty > 0 && Float.isFinite(repeatPenalty), "--repeat-penalty must be above 0", repeatPenalty);
        require(numSamples >= 1 && numSamples <= MAX_SAMPLES, "--num-samples must lie in [1, 4096]", numSamples);
        stop = List.copyOf(stop);
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw LstmGpuException.usage("--stop must not be empty");
        }
    }

    public static GenerationSettings defaults() {
        return new GenerationSettings(500, 0.8f, 0, 1, 0, false, 1, List.of(), 0, 1, false);
    }

    /** What the backend needs of it. */
    public SamplingSpec sampling() {
        return new SamplingSpec(greedy ? 0 : temperature, topK, topP, minP, repeatPenalty, seed);
    }

    /** What a step needs of it. */
    public GenerationStep.Spec step() {
        return new GenerationStep.Spec(
                numSamples, sampling(), PENALTY_WINDOW, EXPECTED_TOKENS, logprobs, stop.isEmpty());
    }

    private static void require(boolean condition, String rule, Number value) {
        if (!condition) {
            throw LstmGpuException.usage("%s, not %s", rule, value);
        }
    }
}
