package lstmgpu.cli.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a terminal gets to see. */
class HarmlessStreamTest {
    private static final String ATTACK =
            "a\u001b[2J\u001b]0;title\u0007b\bc\rd\u009b1mé\u202eabc\u2066\u200f𝄞\u007f\te\r\nf\n";
    private static final String SHOWN =
            "a\\x1b[2J\\x1b]0;title\\x07b\\x08c\\x0dd\\u009b1mé\\u202eabc\\u2066\\u200f𝄞\\u007f\te\nf\n";

    private static byte[] written(boolean terminal, int piece, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ResultStream stream = new ResultStream(out, terminal);
        for (int at = 0; at < bytes.length; at += piece) {
            stream.write(bytes, at, Math.min(piece, bytes.length - at));
            stream.flush();
        }
        stream.end();
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1000})
    void whateverATerminalMightObeyIsShown(int piece) {
        byte[] bytes = ATTACK.getBytes(StandardCharsets.UTF_8);
        assertEquals(SHOWN, new String(written(true, piece, bytes), StandardCharsets.UTF_8));
        assertArrayEquals(bytes, written(false, piece, bytes), "a pipe gets the bytes");
    }

    @Test
    void bytesThatAreNoTextAreMarked() {
        byte[] bytes = {'a', (byte) 0x92, 'b', (byte) 0xC3, '\n', (byte) 0x9B, '2', 'J'};
        assertEquals("a\uFFFDb\uFFFD\n\uFFFD2J", new String(written(true, 1, bytes), StandardCharsets.UTF_8));
        assertArrayEquals(bytes, written(false, 3, bytes));
    }

    @Test
    void whatIsUnfinishedAtTheEndIsShown() {
        byte[] bytes = {'a', '\r', (byte) 0xE2, (byte) 0x82};
        assertEquals("a\\x0d\uFFFD", new String(written(true, 1, bytes), StandardCharsets.UTF_8));
        assertEquals("b\\x0d", new String(written(true, 1, new byte[] {'b', '\r'}), StandardCharsets.UTF_8));
        assertArrayEquals(bytes, written(false, 1, bytes));
    }

    @Test
    void everyHarmfulCharacterIsShownInAsciiOnly() {
        for (int c = 0; c < 0x3000; c++) {
            String shown = new String(
                    written(true, 8, Character.toString(c).getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
            boolean control = c < ' ' && c != '\n' && c != '\t' || c >= 0x7F && c < 0xA0;
            boolean turns = c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0x200E || c == 0x200F;
            if (control || turns) {
                assertEquals(c < ' ' ? "\\x%02x".formatted(c) : "\\u%04x".formatted(c), shown);
            }
        }
    }

    @Test
    void thisProgramsOwnSequencesPass() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ResultStream stream = new ResultStream(out, true);
        stream.print("a\u001b[K");
        stream.control("\r\u001b[K");
        stream.print("b");
        stream.flush();
        assertEquals("a\\x1b[K\r\u001b[Kb", out.toString(StandardCharsets.UTF_8));
    }
}
