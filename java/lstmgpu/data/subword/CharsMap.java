package lstmgpu.data.subword;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SentencePiece's table of replacements (Kudo and Richardson 2018): a double-array trie (Yata's Darts-clone) from the
 * UTF-8 of a few characters to a place among texts that end with a zero byte.
 */
final class CharsMap implements Normalizer {
    /**
     * What belongs together on the screen; shorter ones are looked up as a whole, longer ones a character at a time.
     */
    private static final Pattern GRAPHEME = Pattern.compile("\\X", Pattern.DOTALL);

    /** Twenty times the largest that people use. */
    private static final int LONGEST_TABLE = 8 << 20;

    private static final int LONGEST_WHOLE = 5;
    private static final int ABSENT = -1;
    private static final int HAS_VALUE = 1 << 8;
    private static final int LABEL = 1 << 31 | 0xFF;

    private final IntBuffer trie;
    private final byte[] texts;

    private CharsMap(IntBuffer trie, byte[] texts) {
        this.trie = trie;
        this.texts = texts;
    }

    /** @throws IllegalArgumentException if the field {@code precompiled_charsmap} is no such table */
    static CharsMap of(Fields fields) {
        byte[] table;
        try {
            table = Base64.getDecoder().decode(fields.text("precompiled_charsmap", LONGEST_TABLE));
        } catch (IllegalArgumentException unfit) {
            throw damaged(fields, unfit);
        }
        ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        int size = bytes.remaining() < Integer.BYTES ? ABSENT : bytes.getInt();
        if (size < Integer.BYTES || size > bytes.remaining() || size % Integer.BYTES != 0) {
            throw damaged(fields, null);
        }
        IntBuffer trie = bytes.slice(bytes.position(), size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer();
        byte[] texts = new byte[bytes.remaining() - size];
        bytes.get(bytes.position() + size, texts);
        return new CharsMap(trie, texts);
    }

    private static IllegalArgumentException damaged(Fields fields, Exception cause) {
        return new IllegalArgumentException(
                "the field %s.precompiled_charsmap is no table of SentencePiece".formatted(fields.place()), cause);
    }

    @Override
    public String apply(String text, Ends ends, Effort effort) {
        StringBuilder result = new StringBuilder(text.length());
        Matcher graphemes = GRAPHEME.matcher(text);
        while (graphemes.find()) {
            String grapheme = graphemes.group();
            effort.spend(grapheme.length());
            byte[] utf8 = grapheme.getBytes(StandardCharsets.UTF_8);
            int whole = utf8.length <= LONGEST_WHOLE ? find(utf8) : ABSENT;
            if (whole != ABSENT) {
                append(result, whole, effort);
            } else {
                grapheme.codePoints().forEach(c -> append(result, Character.toString(c), effort));
            }
        }
        return result.toString();
    }

    private void append(StringBuilder result, String character, Effort effort) {
        int place = find(character.getBytes(StandardCharsets.UTF_8));
        if (place == ABSENT) {
            result.append(character);
        } else {
            append(result, place, effort);
        }
    }

    private void append(StringBuilder result, int place, Effort effort) {
        int end = place;
        while (end < texts.length && texts[end] != 0) {
            end++;
        }
        int length = Math.max(0, end - place);
        effort.spend(length);
        effort.reach((long) result.length() + length);
        result.append(place >= texts.length ? "" : new String(texts, place, length, StandardCharsets.UTF_8));
    }

    /** The value of the shortest key that the bytes start with, as the library takes it. */
    private int find(byte[] key) {
        int node = offset(unit(0));
        for (byte value : key) {
            int label = Byte.toUnsignedInt(value);
            node ^= label;
            int unit = unit(node);
            if (label == 0 || (unit & LABEL) != label) {
                return ABSENT;
            }
            node ^= offset(unit);
            if ((unit & HAS_VALUE) != 0) {
                return unit(node) & Integer.MAX_VALUE;
            }
        }
        return ABSENT;
    }

    /** What lies outside a damaged table leads nowhere. */
    private int unit(int node) {
        return node >= 0 && node < trie.limit() ? trie.get(node) : LABEL;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }
}
