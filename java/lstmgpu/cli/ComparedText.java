package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import lstmgpu.task.LanguageModelling;

/**
 * What a run learnt from and was judged on.
 *
 * @param source the inputs' names
 * @param sha256 of the inputs' bytes; empty where the run does not say
 * @param vocabulary how many kinds of tokens there are, or values or classes of another task
 * @param lossUnit such as "nats per token"; runs of earlier builds, which do not say, were language models
 */
record ComparedText(
        String source, String sha256, long trainingTokens, long heldOutTokens, int vocabulary, String lossUnit) {
    private static final int DIGITS = 12;

    static ComparedText of(JsonNode data, int vocabulary) {
        return new ComparedText(
                data.path("source").asText(),
                data.path("sha256").asText(),
                data.path("training_tokens").asLong(),
                data.path("validation_tokens").asLong(),
                vocabulary,
                data.path("loss_unit").asText(LanguageModelling.LOSS_UNIT));
    }

    /** Whether losses mean the same: in one unit, of the same text, in the same tokens, with the same part held out if any is. */
    boolean isComparableWith(ComparedText other) {
        return sha256.equals(other.sha256)
                && vocabulary == other.vocabulary
                && lossUnit.equals(other.lossUnit)
                && (heldOutTokens == other.heldOutTokens || heldOutTokens == 0 || other.heldOutTokens == 0);
    }

    /** On a line. */
    String line() {
        String text = sha256.isEmpty()
                ? "a text that run.json does not name"
                : "%s, SHA-256 %s…".formatted(source, sha256.substring(0, Math.min(DIGITS, sha256.length())));
        return "%s: %,d tokens to train, %,d held out, of %,d kinds"
                .formatted(text, trainingTokens, heldOutTokens, vocabulary);
    }
}
