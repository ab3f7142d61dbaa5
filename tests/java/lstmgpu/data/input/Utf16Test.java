package lstmgpu.data.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf16Test {
    private static String encoding(byte[] bytes) {
        return Utf16.encoding(bytes, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain words in a plain file\r\n",
                "Zeile eins: Größe und “Anführung” – ein €\n",
                "строка без метки, из слов и знаков.\n",
                "μια γραμμή με λέξεις\n",
                "hi"
            })
    void foundWithAndWithoutAMark(String text) {
        assertEquals("UTF-16LE", encoding(text.getBytes(StandardCharsets.UTF_16LE)));
        assertEquals("UTF-16BE", encoding(text.getBytes(StandardCharsets.UTF_16BE)));
        assertEquals("UTF-16", encoding(text.getBytes(StandardCharsets.UTF_16)));
        assertEquals("UTF-32", encoding(("\ufeff" + text).getBytes(Charset.forName("UTF-32LE"))));
        assertEquals("UTF-32", encoding(("\ufeff" + text).getBytes(Charset.forName("UTF-32BE"))));
        assertNull(encoding(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void textsWithNulsAreNone() {
        Random random = new Random(5);
        for (int period = 2; period < 40; period++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                text.append(i % period == 0 ? '\0' : (char) ('a' + random.nextInt(period % 5 + 2)));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (period > 2) {
                assertNull(encoding(bytes), "a NUL every " + period + " characters");
            }
        }
        assertNull(encoding("\ufefffirst\r\nsecond\0third\r\n".repeat(9).getBytes(StandardCharsets.UTF_8)));
        assertNull(encoding(new byte[0]));
        assertNull(encoding(new byte[] {'a'}));
    }
}
