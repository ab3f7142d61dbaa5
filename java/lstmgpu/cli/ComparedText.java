package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.TokenMetrics;

/**
 * What a run learnt from and was judged on.
 *
 * @param source the inputs' names
 * @param sha256 of the inputs' bytes; empty where the run does not say
 * @param vocabulary how many kinds of tokens there are, or values or classes of another task
 * @param lossUnit such as "nats per token"; runs of earlier builds, which do not say, were language models
 * @param isText whether it is a text in tokens
 * @param counted what it is counted in, such as "tokens"
 */
record ComparedText(
        String source,
        String sha256,
        long trainingLength,
        long heldOutLength,
        int vocabulary,
        String lossUnit,
        boolean isText,
        String counted) {
    private static final int DIGITS = 12;

    static ComparedText of(JsonNode data, NetworkConfig config, String counted) {
        return new ComparedText(
                data.path("source").asText(),
                data.path("sha256").asText(),
                data.path("training_tokens").asLong(),
                data.path("validation_tokens").asLong(),
                config.head().size(),
                data.path("loss_unit").asText(TokenMetrics.MEASURES.loss().unit()),
                config.predictsTokens(),
                counted);
    }

    /**
     * Whether losses mean the same: in one unit, of the same text, in the same tokens, with the same part held out if
     * any is.
     */
    boolean isComparableWith(ComparedText other) {
        return sha256.equals(other.sha256)
                && vocabulary == other.vocabulary
                && lossUnit.equals(other.lossUnit)
                && (heldOutLength == other.heldOutLength || heldOutLength == 0 || other.heldOutLength == 0);
    }

    /** On a line. */
    String line() {
        String text = sha256.isEmpty()
                ? (isText ? "a text" : "data") + " that run.json does not name"
                : "%s, SHA-256 %s…".formatted(source, sha256.substring(0, Math.min(DIGITS, sha256.length())));
        return "%s: %,d %s to train, %,d held out%s"
                .formatted(
                        text,
                        trainingLength,
                        counted,
                        heldOutLength,
                        isText ? ", of %,d kinds".formatted(vocabulary) : "");
    }
}
