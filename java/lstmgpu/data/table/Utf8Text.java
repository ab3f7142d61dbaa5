package lstmgpu.data.table;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import lstmgpu.data.input.InputFiles;

/** Strict UTF-8 from an input, without a byte-order mark. */
final class Utf8Text {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private Utf8Text() {}

    /** A reader that throws {@link java.nio.charset.CharacterCodingException} at what is not UTF-8. */
    static Reader of(Path file) throws IOException {
        PushbackInputStream in = new PushbackInputStream(InputFiles.open(file), BYTE_ORDER_MARK.length);
        byte[] mark = in.readNBytes(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(mark, BYTE_ORDER_MARK)) {
            in.unread(mark);
        }
        return new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }
}
