package lstmgpu.data.subword;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A visible letter for every byte: printable Latin-1 stands for itself; the other bytes, in order, take the letters
 * from U+0100 on (Radford et al. 2019, GPT-2).
 */
public final class ByteLetters {
    private static final int BYTES = 256;
    private static final int[] BYTE_OF_LETTER = new int[2 * BYTES];

    static {
        Arrays.fill(BYTE_OF_LETTER, -1);
        for (int value = 0; value < BYTES; value++) {
            BYTE_OF_LETTER[letter(value)] = value;
        }
    }

    private ByteLetters() {}

    /** @param value in [0, 256) */
    public static char letter(int value) {
        if (value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE && value <= 0xFF) {
            return (char) value;
        }
        int others = value <= ' ' ? value : value <= 0xA0 ? ' ' + 1 + value - 0x7F : ' ' + 1 + 0xA0 - 0x7F + 1;
        return (char) (0x100 + others);
    }

    /** A text's UTF-8, a letter a byte. */
    static String of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder letters = new StringBuilder(bytes.length);
        for (byte value : bytes) {
            letters.append(letter(Byte.toUnsignedInt(value)));
        }
        return letters.toString();
    }

    /** The bytes that letters stand for; a character that stands for none is its own UTF-8. */
    static byte[] bytes(String letters) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(letters.length());
        letters.codePoints().forEach(c -> {
            if (c < BYTE_OF_LETTER.length && BYTE_OF_LETTER[c] >= 0) {
                bytes.write(BYTE_OF_LETTER[c]);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
