package lstmgpu.cli.report;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import lstmgpu.Printable;

/**
 * UTF-8 on its way to a terminal: what the terminal might obey is shown instead, and what is no UTF-8 becomes U+FFFD. A
 * character that is not complete waits for its rest, and a carriage return for the line end that makes it one.
 */
final class HarmlessStream extends FilterOutputStream {
    private static final int BLOCK = 1 << 12;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
    private final CharBuffer chars = CharBuffer.allocate(BLOCK);
    private boolean returned;

    HarmlessStream(OutputStream terminal) {
        super(terminal);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] block, int offset, int length) throws IOException {
        for (int at = offset; at < offset + length; ) {
            int count = Math.min(bytes.remaining(), offset + length - at);
            bytes.put(block, at, count).flip();
            decoder.decode(bytes, chars, false);
            bytes.compact();
            showDecoded();
            at += count;
        }
    }

    /** Shows what still waits for its rest, as nothing comes any more. */
    void end() throws IOException {
        decoder.decode(bytes.flip(), chars, true);
        decoder.flush(chars);
        decoder.reset();
        bytes.clear();
        showDecoded();
        if (returned) {
            returned = false;
            out.write(Printable.escape('\r').getBytes(StandardCharsets.UTF_8));
        }
        flush();
    }

    @Override
    public void close() throws IOException {
        end();
        super.close();
    }

    private void showDecoded() throws IOException {
        show(chars.flip().toString());
        chars.clear();
    }

    private void show(String text) throws IOException {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (returned && c != '\n') {
                shown.append(Printable.escape('\r'));
            }
            returned = c == '\r';
            if (Printable.isHarmful(c)) {
                shown.append(returned ? "" : Printable.escape(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        out.write(shown.toString().getBytes(StandardCharsets.UTF_8));
    }
}
