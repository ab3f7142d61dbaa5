package lstmgpu.serve;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.TextAssembler;

/** The tokens of one text as it spells them, one after the other. */
final class SpelledTokens {
    private static final int NONE = -1;

    /** The two highest bits of every byte of a character but the first. */
    private static final int MARK = 0xc0;

    private static final int CONTINUES = 0x80;

    private final Tokenizer tokenizer;
    private final Tokenizer.Decoder decoder;
    private final TextAssembler assembler = new TextAssembler();
    private int newest = NONE;

    SpelledTokens(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.decoder = tokenizer.decoder();
    }

    /**
     * What a token adds to the text.
     *
     * @param text of the token; {@code bytes:\xNN} where it is a part of a character
     * @param characters that it completes
     * @param before how many of them stand for the bytes of earlier tokens, which it shows to be no character
     */
    record Spelled(String text, int characters, int before) {}

    /** The next token of the text. */
    Spelled next(int token) {
        byte[] bytes = decoder.next(token);
        newest = token;
        boolean breaks = assembler.isWaiting() && bytes.length > 0 && (bytes[0] & MARK) != CONTINUES;
        return new Spelled(text(token, bytes), assembler.append(bytes).length(), breaks ? 1 : 0);
    }

    /** Another token in the place of the next one. */
    String instead(int token) {
        Tokenizer.Decoder other = tokenizer.decoder();
        if (newest != NONE) {
            other.next(newest);
        }
        return text(token, other.next(token));
    }

    private String text(int token, byte... bytes) {
        if (bytes.length == 0) {
            return tokenizer.token(token);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException part) {
            StringBuilder text = new StringBuilder("bytes:");
            for (byte one : bytes) {
                text.append("\\x%02x".formatted(one));
            }
            return text.toString();
        }
    }
}
