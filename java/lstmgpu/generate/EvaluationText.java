package lstmgpu.generate;

import java.lang.foreign.MemorySegment;

/**
 * A text to evaluate or to score.
 *
 * @param tokens little-endian unsigned identifiers
 * @param bytesPerToken 1, 2 or 4
 * @param characters code points of the whole text
 * @param utf8Bytes bytes of the whole text
 * @param source the inputs' names, for messages
 */
public record EvaluationText(
        MemorySegment tokens, int bytesPerToken, long characters, long utf8Bytes, String source) {
    public long length() {
        return tokens.byteSize() / bytesPerToken;
    }
}
