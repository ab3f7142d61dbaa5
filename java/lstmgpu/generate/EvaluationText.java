package lstmgpu.generate;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import lstmgpu.data.TokenFile;

/**
 * A text to evaluate or to score.
 *
 * @param tokens little-endian unsigned identifiers
 * @param bytesPerToken 1, 2 or 4
 * @param characters code points of the whole text
 * @param utf8Bytes bytes of the whole text
 * @param source the inputs' names, for messages
 */
public record EvaluationText(MemorySegment tokens, int bytesPerToken, long characters, long utf8Bytes, String source) {
    public static EvaluationText of(TokenFile tokens, String source) {
        return new EvaluationText(
                tokens.tokens(), tokens.bytesPerToken(), tokens.characters(), tokens.utf8Bytes(), source);
    }

    public long length() {
        return tokens.byteSize() / bytesPerToken;
    }

    /** The identifier at a place in the text. */
    public int token(long index) {
        long offset = index * bytesPerToken;
        return switch (bytesPerToken) {
            case 1 -> Byte.toUnsignedInt(tokens.get(ValueLayout.JAVA_BYTE, offset));
            case 2 ->
                Short.toUnsignedInt(
                        tokens.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), offset));
            default -> tokens.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), offset);
        };
    }
}
