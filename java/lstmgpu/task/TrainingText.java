package lstmgpu.task;

import java.lang.foreign.MemorySegment;
import lstmgpu.data.InputTexts;
import lstmgpu.data.Split;
import lstmgpu.data.TokenFile;

/**
 * The tokens of a run.
 *
 * @param training little-endian unsigned identifiers
 * @param validation the held-out ones; null if there are none
 * @param bytesPerToken 1, 2 or 4
 * @param sha256 of the inputs, in hexadecimal
 * @param source the inputs' names, for messages
 * @param inputs what the text was made of
 * @param mapped what has to stay as it is while the text is used
 */
public record TrainingText(
        MemorySegment training,
        MemorySegment validation,
        int bytesPerToken,
        String sha256,
        String source,
        InputTexts inputs,
        InputTexts mapped) {
    /** The training and the validation part of a text. */
    public static TrainingText of(TokenFile tokens, Split split, String source) {
        return new TrainingText(
                tokens.slice(0, split.train()),
                split.validation() == 0 ? null : tokens.slice(split.train(), split.validation()),
                tokens.bytesPerToken(),
                tokens.sha256(),
                source,
                tokens.inputs(),
                tokens.mapped());
    }

    /** The same text judged by another one in the same tokens. */
    public TrainingText judgedBy(TokenFile heldOut) {
        InputTexts both = inputs.and(heldOut.inputs());
        return new TrainingText(
                training, heldOut.tokens(), bytesPerToken, both.sha256(), source, both, mapped.and(heldOut.mapped()));
    }

    public long trainingTokens() {
        return training.byteSize() / bytesPerToken;
    }

    public long validationTokens() {
        return validation == null ? 0 : validation.byteSize() / bytesPerToken;
    }
}
