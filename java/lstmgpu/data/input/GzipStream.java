package lstmgpu.data.input;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * What is in the members of a gzip file. Java's own stream takes whatever begins no member for the end of the file;
 * here only zeros may stand there, with which tapes and disks fill up.
 */
final class GzipStream extends GZIPInputStream {
    private static final int TRAILER_BYTES = 8;

    private final Single single;

    private GzipStream(Single single, int blockBytes) throws IOException {
        super(single, blockBytes);
        this.single = single;
    }

    static InputStream of(InputStream packed, int blockBytes) throws IOException {
        return new GzipStream(new Single(packed), blockBytes);
    }

    @Override
    protected void fill() throws IOException {
        super.fill();
        single.read.reset();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        if (count < 0) {
            requireZeros();
        }
        return count;
    }

    /** Behind the last member: in the block, in what was read for a header behind it, and in the rest of the file. */
    private void requireZeros() throws IOException {
        int remaining = inf.getRemaining();
        requireZeros(buf, len - remaining + Math.min(TRAILER_BYTES, remaining), len);
        byte[] looked = single.read.toByteArray();
        requireZeros(looked, Math.min(looked.length, Math.max(0, TRAILER_BYTES - remaining)), looked.length);
        byte[] rest = new byte[buf.length];
        for (int count = in.read(rest); count >= 0; count = in.read(rest)) {
            requireZeros(rest, 0, count);
        }
    }

    private static void requireZeros(byte[] bytes, int from, int to) throws ZipException {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                throw new ZipException("behind its end is something else");
            }
        }
    }

    /** Keeps what is read byte by byte, as headers and trailers are. */
    private static final class Single extends FilterInputStream {
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        Single(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            if (value >= 0) {
                read.write(value);
            }
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }
    }
}
