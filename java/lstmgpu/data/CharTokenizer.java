package lstmgpu.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/**
 * One token a Unicode code point, sorted by code point. Where the vocabulary was cut to a size or a frequency, {@code
 * <unk>} is the last token; without it, what the vocabulary lacks is reported and left out.
 */
public final class CharTokenizer extends TextTokenizer {
    /** The token for everything the vocabulary lacks. */
    public static final String UNKNOWN = "<unk>";

    public static final String KIND = "char";
    private static final int ABSENT = -1;
    private static final String REPLACEMENT = "\uFFFD";

    private final int[] codePoints;
    private final int[] idOfCodePoint;
    private final boolean hasUnknown;

    /**
     * @throws IllegalArgumentException if there are none, one comes twice, or one is no character (a surrogate)
     */
    public CharTokenizer(Collection<Integer> codePoints, boolean hasUnknown) {
        this.codePoints =
                codePoints.stream().mapToInt(Integer::intValue).sorted().toArray();
        this.hasUnknown = hasUnknown;
        if (this.codePoints.length == 0) {
            throw new IllegalArgumentException("a vocabulary needs at least one character");
        }
        int last = this.codePoints[this.codePoints.length - 1];
        if (this.codePoints[0] < 0 || last > Character.MAX_CODE_POINT) {
            throw new IllegalArgumentException("code points lie in [0, 0x10FFFF]");
        }
        idOfCodePoint = new int[last + 1];
        Arrays.fill(idOfCodePoint, ABSENT);
        for (int id = 0; id < this.codePoints.length; id++) {
            int codePoint = this.codePoints[id];
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("a surrogate is no character: %04X".formatted(codePoint));
            }
            if (idOfCodePoint[codePoint] != ABSENT) {
                throw new IllegalArgumentException("U+%04X comes twice".formatted(codePoint));
            }
            idOfCodePoint[codePoint] = id;
        }
    }

    /** The same with more characters. */
    CharTokenizer with(Collection<Integer> more) {
        TreeSet<Integer> all = new TreeSet<>(more);
        Arrays.stream(codePoints).forEach(all::add);
        return new CharTokenizer(all, hasUnknown);
    }

    /** A code point on a line of a table: line ends and control characters are escaped. */
    static String readable(int codePoint) {
        return switch (codePoint) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default ->
                Character.isISOControl(codePoint) ? "\\u%04X".formatted(codePoint) : Character.toString(codePoint);
        };
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int vocabularySize() {
        return codePoints.length + (hasUnknown ? 1 : 0);
    }

    boolean hasUnknown() {
        return hasUnknown;
    }

    /** The token's text as {@code tokenizer.json} has it. */
    String text(int id) {
        checkId(id);
        return isUnknown(id) ? UNKNOWN : Character.toString(codePoints[id]);
    }

    @Override
    public String token(int id) {
        checkId(id);
        return isUnknown(id) ? UNKNOWN : readable(codePoints[id]);
    }

    @Override
    public boolean leavesOut() {
        return !hasUnknown;
    }

    @Override
    public OptionalInt unknown() {
        return hasUnknown ? OptionalInt.of(codePoints.length) : OptionalInt.empty();
    }

    @Override
    public Decoder decoder() {
        return id -> {
            checkId(id);
            String text = isUnknown(id) ? REPLACEMENT : Character.toString(codePoints[id]);
            return text.getBytes(StandardCharsets.UTF_8);
        };
    }

    @Override
    TextEncoder encoder(IntConsumer ids, UnknownTokens unknown) {
        return new CodePointEncoder(ids, unknown);
    }

    private boolean isUnknown(int id) {
        return id == codePoints.length;
    }

    private void checkId(int id) {
        if (id < 0 || id >= vocabularySize()) {
            throw new IllegalArgumentException("token %d is outside [0, %d)".formatted(id, vocabularySize()));
        }
    }

    private final class CodePointEncoder implements TextEncoder {
        private final IntConsumer ids;
        private final UnknownTokens unknown;

        CodePointEncoder(IntConsumer ids, UnknownTokens unknown) {
            this.ids = ids;
            this.unknown = unknown;
        }

        @Override
        public void accept(char[] chars, int from, int to) {
            int i = from;
            while (i < to) {
                int codePoint = Character.codePointAt(chars, i, to);
                i += Character.charCount(codePoint);
                int id = codePoint < idOfCodePoint.length ? idOfCodePoint[codePoint] : ABSENT;
                if (id != ABSENT) {
                    ids.accept(id);
                    continue;
                }
                unknown.add(Character.toString(codePoint));
                if (hasUnknown) {
                    ids.accept(codePoints.length);
                }
            }
        }

        @Override
        public void finish() {
            // A code point never waits for another.
        }
    }
}
