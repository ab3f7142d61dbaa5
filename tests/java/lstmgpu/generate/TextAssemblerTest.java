package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TextAssemblerTest {
    @Test
    void aCharacterWaitsForItsLastByte() {
        String text = "aé€😀b";
        TextAssembler assembler = new TextAssembler();
        StringBuilder seen = new StringBuilder();
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            String piece = assembler.append(new byte[] {unit});
            assertEquals(piece.codePointCount(0, piece.length()), piece.isEmpty() ? 0 : 1);
            seen.append(piece);
        }
        assertEquals(text, seen.toString());
    }

    @Test
    void malformedBytesAreReplacedAndNothingElseIsLost() {
        TextAssembler assembler = new TextAssembler();
        assertEquals("", assembler.append(new byte[] {(byte) 0xE2, (byte) 0x82}));
        assertEquals("\uFFFDx", assembler.append(new byte[] {'x'}));
        assertEquals("\uFFFD", assembler.append(new byte[] {(byte) 0xFF}));
    }
}
