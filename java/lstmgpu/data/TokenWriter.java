package lstmgpu.data;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;

/** Writes tokens of 1, 2 or 4 bytes, little-endian, and keeps their number and check sum. */
final class TokenWriter implements IntConsumer {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final int bytesPerToken;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final CRC32C checksum = new CRC32C();
    private int filled;
    private long bytes;

    TokenWriter(OutputStream out, int bytesPerToken) {
        this.out = out;
        this.bytesPerToken = bytesPerToken;
    }

    @Override
    public void accept(int id) {
        if (filled > BUFFER_BYTES - bytesPerToken) {
            flush();
        }
        buffer[filled++] = (byte) id;
        for (int i = 1; i < bytesPerToken; i++) {
            buffer[filled++] = (byte) (id >>> (Byte.SIZE * i));
        }
    }

    /** Takes tokens of one byte each. */
    void accept(byte[] block, int length) {
        flush();
        write(block, length);
    }

    void flush() {
        write(buffer, filled);
        filled = 0;
    }

    private void write(byte[] block, int length) {
        checksum.update(block, 0, length);
        bytes += length;
        try {
            out.write(block, 0, length);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    long length() {
        return (bytes + filled) / bytesPerToken;
    }

    long checksum() {
        return checksum.getValue();
    }
}
