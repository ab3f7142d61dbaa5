package lstmgpu.train;

import java.lang.foreign.MemorySegment;

/**
 * The tokens of a run.
 *
 * @param training little-endian unsigned identifiers
 * @param validation the held-out ones; null if there are none
 * @param bytesPerToken 1, 2 or 4
 * @param sha256 of the inputs, in hexadecimal
 * @param source the inputs' names, for messages
 */
public record TrainingText(
        MemorySegment training, MemorySegment validation, int bytesPerToken, String sha256, String source) {
    public long trainingTokens() {
        return training.byteSize() / bytesPerToken;
    }

    public long validationTokens() {
        return validation == null ? 0 : validation.byteSize() / bytesPerToken;
    }
}
