package lstmgpu.generate;

import java.util.Objects;
import lstmgpu.LstmGpuException;

/**
 * A text to be continued in one of the {@link Lanes}. At a seed its tokens are those that a {@link Generator} draws,
 * whoever else is writing.
 *
 * @param prompt tokens to read first; where it is empty and nothing came before, the text starts as behind a line's end
 * @param settings with numSamples 1; {@code logprobs} asks for every token's log-probability
 * @param sample which of a seed's samples this is: what a generator of several samples writes as sample i
 * @param from where the text is; null for one that begins
 * @param alternatives how many of the most probable tokens to tell with each token, up to {@link #MOST_ALTERNATIVES}
 * @param promptLogprobs whether the prompt's tokens are told with their log-probabilities, for which they are read one
 *     by one
 */
@SuppressWarnings("ArrayRecordComponent")
public record LaneRequest(
        int[] prompt,
        GenerationSettings settings,
        int sample,
        TextState from,
        int alternatives,
        boolean promptLogprobs) {
    /** Most alternatives to a token. */
    public static final int MOST_ALTERNATIVES = 100;

    public LaneRequest {
        Objects.requireNonNull(settings, "settings");
        prompt = prompt.clone();
        LstmGpuException.requireRange("the number of alternatives", alternatives, 0, MOST_ALTERNATIVES);
        LstmGpuException.requireRange("the sample", sample, 0, GenerationSettings.MAX_SAMPLES - 1L);
        if (settings.numSamples() != 1) {
            throw new IllegalArgumentException("a request is for one sample, not " + settings.numSamples());
        }
    }

    /** The first sample of a seed, behind a prompt. */
    public static LaneRequest of(int[] prompt, GenerationSettings settings) {
        return new LaneRequest(prompt, settings, 0, null, 0, false);
    }

    /** The same as another sample of its seed. */
    public LaneRequest withSample(int other) {
        return new LaneRequest(prompt, settings, other, from, alternatives, promptLogprobs);
    }

    /** The same for a text that is somewhere already; null for one that begins. */
    public LaneRequest from(TextState state) {
        return new LaneRequest(prompt, settings, sample, state, alternatives, promptLogprobs);
    }

    /** The same, telling so many alternatives to each token. */
    public LaneRequest withAlternatives(int count) {
        return new LaneRequest(prompt, settings, sample, from, count, promptLogprobs);
    }

    /** The same, telling the prompt's log-probabilities. */
    public LaneRequest withPromptLogprobs() {
        return new LaneRequest(prompt, settings, sample, from, alternatives, true);
    }

    /** Whether anything is to be told about probabilities of what is drawn. */
    boolean asksForLogprobs() {
        return settings.logprobs() || alternatives > 0;
    }
}
