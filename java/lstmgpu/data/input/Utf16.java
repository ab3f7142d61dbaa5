package lstmgpu.data.input;

import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;

/** Finds out that a file is UTF-16 or UTF-32, which read as UTF-8 is damage or, without a mark, a text full of NULs. */
public final class Utf16 {
    private static final int BYTES_LOOKED_AT = 1 << 16;

    /**
     * So many of a hundred characters at least have a NUL in one half: the spaces, line ends and points of any text do.
     */
    private static final int LEAST_PERCENT = 5;

    /** The other half has at most a twentieth as many. */
    private static final int TIMES_FEWER = 20;

    /**
     * So many of a hundred characters at least belong to alphabets and their signs, which lie in the first pages of
     * Unicode.
     */
    private static final int LEAST_LETTERS_PERCENT = 95;

    private static final int LAST_ALPHABET = 0x20;
    private static final int KANA = 0x30;

    private Utf16() {}

    /**
     * @param name of the file, for the message
     * @param bytes its beginning
     * @throws LstmGpuException with exit code 3 if this is no UTF-8 but UTF-16 or UTF-32, with the command that
     *     converts it
     */
    public static void refuse(String name, byte[] bytes, int length) {
        String encoding = encoding(bytes, Math.min(length, BYTES_LOOKED_AT));
        if (encoding != null) {
            throw LstmGpuException.data(
                    "%s is %s, and texts are read as UTF-8; convert it: iconv -f %s -t UTF-8 %s >%s",
                    name,
                    encoding.replaceFirst("[LB]E$", ""),
                    encoding,
                    ShellWord.of(name),
                    ShellWord.of(name.replaceFirst("(\\.[^./]*)?$", "-utf8$1")));
        }
    }

    /** What {@code iconv} calls it, or null. A mark tells the order of the bytes, so that is not part of the name. */
    static String encoding(byte[] bytes, int length) {
        if (startsWith(bytes, length, 0xFF, 0xFE, 0, 0) || startsWith(bytes, length, 0, 0, 0xFE, 0xFF)) {
            return "UTF-32";
        }
        if (startsWith(bytes, length, 0xFF, 0xFE) || startsWith(bytes, length, 0xFE, 0xFF)) {
            return "UTF-16";
        }
        if (looksLikeHalves(bytes, length, 1)) {
            return "UTF-16LE";
        }
        return looksLikeHalves(bytes, length, 0) ? "UTF-16BE" : null;
    }

    private static boolean startsWith(byte[] bytes, int length, int... start) {
        for (int i = 0; i < start.length; i++) {
            if (i >= length || Byte.toUnsignedInt(bytes[i]) != start[i]) {
                return false;
            }
        }
        return true;
    }

    /** @param high which byte of a pair is the upper half of a character */
    private static boolean looksLikeHalves(byte[] bytes, int length, int high) {
        int pairs = length / 2;
        int[] nulls = new int[2];
        int letters = 0;
        for (int i = 0; i < 2 * pairs; i++) {
            if (bytes[i] == 0) {
                nulls[i % 2]++;
            }
            if (i % 2 == high && (bytes[i] >= 0 && bytes[i] <= LAST_ALPHABET || bytes[i] == KANA)) {
                letters++;
            }
        }
        return pairs > 1
                && 100L * nulls[high] >= (long) LEAST_PERCENT * pairs
                && (long) TIMES_FEWER * nulls[1 - high] <= nulls[high]
                && 100L * letters >= (long) LEAST_LETTERS_PERCENT * pairs;
    }
}
