package lstmgpu.data.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/** What is in a packed file. That it is damaged is said in words that a person can do something about. */
final class UnpackedStream extends InputStream {
    private final Packed packed;
    private final InputStream unpacked;

    /**
     * @param packed its bytes, closed with this; where there are none, there is nothing in it
     * @throws IOException if it begins in another way
     */
    UnpackedStream(InputStream packed, Packing packing) throws IOException {
        this.packed = new Packed(packed);
        PushbackInputStream whole = new PushbackInputStream(this.packed, packing.markBytes());
        byte[] start = whole.readNBytes(packing.markBytes());
        if (start.length == 0) {
            this.unpacked = InputStream.nullInputStream();
            return;
        }
        if (!packing.begins(start)) {
            throw new IOException("it is not packed as the end of its name, %s, says; give it another name"
                    .formatted(packing.ending()));
        }
        whole.unread(start);
        try {
            this.unpacked = packing.unpacked(whole);
        } catch (IOException | RuntimeException failure) {
            throw damaged(failure);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return unpacked.read(target, offset, length);
        } catch (IOException | RuntimeException failure) {
            throw damaged(failure);
        }
    }

    /** Unless the file itself could not be read, what is in it is not what was packed. */
    private IOException damaged(Exception reason) {
        if (packed.failure != null) {
            return packed.failure;
        }
        return new IOException(
                "it is damaged or cut short (%s); fetch it again"
                        .formatted(reason.getMessage() == null ? "it ends early" : reason.getMessage()),
                reason);
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }

    /** Knows whether reading the file failed. */
    private static final class Packed extends FilterInputStream {
        private IOException failure;

        Packed(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException unreadable) {
                failure = unreadable;
                throw unreadable;
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return super.read(target, offset, length);
            } catch (IOException unreadable) {
                failure = unreadable;
                throw unreadable;
            }
        }
    }
}
