package lstmgpu.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in the wire format of Protocol Buffers, built field by field. Large arrays and messages are kept as they
 * are and become bytes only when they are written, so a message of weights takes no memory of its own.
 */
public final class Protobuf {
    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int LENGTH_FIRST = 2;
    private static final int FOUR_BYTES = 5;
    private static final int TYPE_BITS = 3;
    private static final int VARINT_BITS = 7;
    private static final int VARINT_MORE = 0x80;
    private static final int BLOCK_FLOATS = 1 << 14;

    private final List<Part> parts = new ArrayList<>();
    private final ByteArrayOutputStream open = new ByteArrayOutputStream();
    private long length;

    /** Bytes that come about when they are written. */
    @FunctionalInterface
    private interface Part {
        void write(OutputStream out) throws IOException;
    }

    private void tag(int field, int type) {
        varint((long) field << TYPE_BITS | type);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & -VARINT_MORE) != 0) {
            put((int) (rest & (VARINT_MORE - 1)) | VARINT_MORE);
            rest >>>= VARINT_BITS;
        }
        put((int) rest);
    }

    private void fixed(long bits, int bytes) {
        for (int i = 0; i < bytes; i++) {
            put((int) (bits >>> Byte.SIZE * i));
        }
    }

    private void put(int value) {
        open.write(value);
        length++;
    }

    /** A field of type int32, int64 or an enumeration. */
    public Protobuf integer(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    /** A field of type double. */
    public Protobuf real(int field, double value) {
        tag(field, EIGHT_BYTES);
        fixed(Double.doubleToRawLongBits(value), Double.BYTES);
        return this;
    }

    /** A field of type float. */
    public Protobuf real(int field, float value) {
        tag(field, FOUR_BYTES);
        fixed(Float.floatToRawIntBits(value), Float.BYTES);
        return this;
    }

    /** A repeated field of type double. */
    public Protobuf reals(int field, double[] values) {
        tag(field, LENGTH_FIRST);
        varint((long) values.length * Double.BYTES);
        for (double value : values) {
            fixed(Double.doubleToRawLongBits(value), Double.BYTES);
        }
        return this;
    }

    /** A field of type string. */
    public Protobuf text(int field, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        tag(field, LENGTH_FIRST);
        varint(bytes.length);
        open.writeBytes(bytes);
        length += bytes.length;
        return this;
    }

    /** A field that is a message, as it is now. */
    public Protobuf message(int field, Protobuf message) {
        return later(field, message.length, message.snapshot());
    }

    /**
     * A field of type bytes: the values little-endian, four bytes each; they may not change before they are written.
     */
    public Protobuf floats(int field, float[] values) {
        return later(field, (long) values.length * Float.BYTES, out -> write(values, out));
    }

    /** As {@link #floats}, eight bytes each. */
    public Protobuf longs(int field, long... values) {
        tag(field, LENGTH_FIRST);
        varint((long) values.length * Long.BYTES);
        for (long value : values) {
            fixed(value, Long.BYTES);
        }
        return this;
    }

    private Protobuf later(int field, long bytes, Part part) {
        tag(field, LENGTH_FIRST);
        varint(bytes);
        close();
        parts.add(part);
        length += bytes;
        return this;
    }

    /** Ends the stretch that is bytes already. */
    private void close() {
        if (open.size() > 0) {
            byte[] bytes = open.toByteArray();
            parts.add(out -> out.write(bytes));
            open.reset();
        }
    }

    private Part snapshot() {
        close();
        List<Part> now = List.copyOf(parts);
        return out -> {
            for (Part part : now) {
                part.write(out);
            }
        };
    }

    private static void write(float[] values, OutputStream out) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; at += BLOCK_FLOATS) {
            int count = Math.min(values.length - at, BLOCK_FLOATS);
            block.asFloatBuffer().put(values, at, count);
            out.write(block.array(), 0, count * Float.BYTES);
        }
    }

    /** Bytes of the message. */
    public long length() {
        return length;
    }

    public void writeTo(OutputStream out) throws IOException {
        snapshot().write(out);
    }

    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.toIntExact(length));
        try {
            writeTo(out);
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        }
        return out.toByteArray();
    }
}
