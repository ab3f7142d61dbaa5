package lstmgpu.files;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A check sum that stands inside the JSON text it covers: CRC-32C of all bytes with eight zeros in its own place. It
 * notices every change of a single byte, and all but one in four thousand million of the others.
 */
public final class Checksum {
    /** The field that holds it. */
    public static final String FIELD = "crc32c";

    /** What stands there while it is computed. */
    public static final String BLANK = "00000000";

    private static final Pattern PLACE = Pattern.compile("\"" + FIELD + "\"\\s*:\\s*\"([0-9a-f]{8})\"");

    private Checksum() {}

    public static String of(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return text(sum);
    }

    public static String text(CRC32C sum) {
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    /** Where the eight digits begin in a text; -1 if there is not exactly one such field. */
    public static int place(byte[] text) {
        Matcher matcher = PLACE.matcher(new String(text, StandardCharsets.ISO_8859_1));
        int place = matcher.find() ? matcher.start(1) : -1;
        return place >= 0 && matcher.find() ? -1 : place;
    }

    /** Writes eight digits. */
    public static void put(String digits, byte[] text, int place) {
        System.arraycopy(digits.getBytes(StandardCharsets.US_ASCII), 0, text, place, digits.length());
    }

    /** Reads eight digits and blanks them. */
    public static String take(byte[] text, int place) {
        String digits = new String(text, place, BLANK.length(), StandardCharsets.US_ASCII);
        put(BLANK, text, place);
        return digits;
    }
}
