package lstmgpu.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.JsonBody;
import lstmgpu.store.GenerationConfig;

/**
 * What a client asks of {@code /v1/completions}, every range checked.
 *
 * @param settings of every text; as many tokens as may be drawn
 * @param samples continuations of each prompt
 * @param logprobs alternatives told with every token; empty where no log-probabilities are asked for
 * @param usageAtEnd whether a stream ends with the numbers of tokens
 * @param session name of a conversation that the server remembers; null for none
 * @param state where a text goes on; null where it begins
 * @param wantsState whether the answer tells where the text is then
 */
record CompletionRequest(
        GenerationSettings settings,
        int samples,
        OptionalInt logprobs,
        boolean echo,
        boolean stream,
        boolean usageAtEnd,
        String session,
        byte[] state,
        boolean wantsState) {
    private static final int MOST_SAMPLES = 128;
    private static final int MOST_ALTERNATIVES = 20;
    private static final int MOST_STOPS = 16;
    private static final int LONGEST_STOP = 1000;
    private static final int USUAL_LENGTH = 16;
    private static final int NO_LIMIT = -1;

    /** Of an answer: each takes some hundred bytes until it is sent. */
    private static final long MOST_LOGPROBS = 2_000_000;

    private static final double HOTTEST = 100;
    private static final double LEAST_TOP_P = 1e-6;

    /** What other servers have and this one has not: to leave it out in silence would answer something else. */
    private static final Set<String> REFUSED = Set.of(
            "suffix",
            "logit_bias",
            "presence_penalty",
            "frequency_penalty",
            "grammar",
            "json_schema",
            "response_format",
            "mirostat",
            "typical_p",
            "ignore_eos",
            "guided_json",
            "guided_regex",
            "guided_choice");

    /**
     * @param usual what the model's directory says of fields that are missing
     * @throws ApiError with status 400, naming the field
     */
    static CompletionRequest read(JsonBody body, GenerationConfig usual, ModelLimits limits) {
        refuse(body);
        int samples = body.integer("n", 1, MOST_SAMPLES).orElse(1);
        int best = body.integer("best_of", 1, MOST_SAMPLES).orElse(samples);
        if (best != samples) {
            throw ApiError.invalid(
                    "best_of",
                    "'best_of' other than 'n' is not supported; leave it out, and choose among 'n' yourself");
        }
        boolean stream = body.flag("stream");
        boolean usageAtEnd = false;
        JsonNode options = body.node("stream_options");
        if (options != null) {
            if (!stream || !options.isObject()) {
                throw ApiError.invalid(
                        "stream_options", "'stream_options' is an object, and for \"stream\": true only");
            }
            usageAtEnd = options.path("include_usage").asBoolean(false);
        }
        boolean keepsState = body.has("state") && !body.node("state").isBoolean();
        return new CompletionRequest(
                settings(body, usual, limits),
                samples,
                body.integer("logprobs", 0, MOST_ALTERNATIVES),
                body.flag("echo"),
                stream,
                usageAtEnd,
                body.text("session"),
                keepsState ? state(body.text("state")) : null,
                keepsState || body.has("state") && body.flag("state"));
    }

    private static void refuse(JsonBody body) {
        for (String name : REFUSED) {
            JsonNode value = body.node(name);
            boolean idle = value == null
                    || value.isNumber() && value.doubleValue() == 0
                    || value.isBoolean() && !value.booleanValue()
                    || value.isTextual() && value.textValue().isEmpty()
                    || value.isContainerNode() && value.isEmpty();
            if (!idle) {
                throw ApiError.invalid(name, "'%s' is not supported; leave it out", name);
            }
        }
    }

    private static GenerationSettings settings(JsonBody body, GenerationConfig usual, ModelLimits limits) {
        double topP = body.number("top_p", 0, 1).orElse(usual.topP());
        double penalty = body.number("repeat_penalty", LEAST_TOP_P, HOTTEST).orElse(usual.repetitionPenalty());
        return new GenerationSettings(
                body.integer("max_tokens", 0, limits.newTokens()).orElse(Math.min(USUAL_LENGTH, limits.newTokens())),
                (float) body.number("temperature", 0, HOTTEST).orElse(usual.temperature()),
                Math.max(0, body.integer("top_k", NO_LIMIT, Integer.MAX_VALUE).orElse(usual.topK())),
                (float) Math.max(topP, LEAST_TOP_P),
                (float) body.number("min_p", 0, 1).orElse(usual.minP()),
                false,
                (float) penalty,
                stops(body),
                body.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE)
                        .orElseGet(() -> ThreadLocalRandom.current().nextLong(Integer.MAX_VALUE)),
                1,
                body.has("logprobs"));
    }

    /**
     * Checks what grows with the number of texts.
     *
     * @param prompts that are continued
     * @param longest tokens of all prompts, each counted for every text that goes on from it
     * @throws ApiError with status 400, naming the fields
     */
    void requireRoom(List<PromptText> prompts, int longest) {
        long read =
                samples * prompts.stream().mapToLong(one -> one.tokens().length).sum();
        if (read > longest) {
            throw ApiError.invalid(
                    "n",
                    "'prompt' is read for each of 'n' %,d texts, %,d tokens together, and at most %,d are taken",
                    samples,
                    read,
                    longest);
        }
        if (logprobs.isEmpty()) {
            return;
        }
        long written = (long) samples * prompts.size() * settings.length();
        long told = (written + (echo ? read : 0)) * (logprobs.getAsInt() + 1);
        if (told > MOST_LOGPROBS) {
            throw ApiError.invalid(
                    "logprobs",
                    "'logprobs' for %s asks for up to %,d log-probabilities, and at most %,d are told; ask for fewer",
                    echo ? "'prompt' ('echo') and 'max_tokens', 'n' times," : "'max_tokens', 'n' times,",
                    told,
                    MOST_LOGPROBS);
        }
    }

    private static List<String> stops(JsonBody body) {
        List<String> stops = body.texts("stop", MOST_STOPS);
        for (String stop : stops) {
            if (stop.isEmpty() || stop.length() > LONGEST_STOP) {
                throw ApiError.invalid("stop", "'stop' must be texts of 1 to %,d characters", LONGEST_STOP);
            }
        }
        return stops;
    }

    private static byte[] state(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException failure) {
            throw ApiError.invalid(
                    "state", "'state' is true, or what an answer had as 'state', which this is not: no base64");
        }
    }
}
