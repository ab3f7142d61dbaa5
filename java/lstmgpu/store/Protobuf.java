package lstmgpu.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A message in the wire format of Protocol Buffers, built field by field. */
final class Protobuf {
    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int LENGTH_FIRST = 2;
    private static final int FOUR_BYTES = 5;
    private static final int TYPE_BITS = 3;
    private static final int VARINT_BITS = 7;
    private static final int VARINT_MORE = 0x80;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private void tag(int field, int type) {
        varint((long) field << TYPE_BITS | type);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & -VARINT_MORE) != 0) {
            out.write((int) (rest & (VARINT_MORE - 1)) | VARINT_MORE);
            rest >>>= VARINT_BITS;
        }
        out.write((int) rest);
    }

    private void fixed(long bits, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (bits >>> Byte.SIZE * i));
        }
    }

    /** A field of type int32, int64 or an enumeration. */
    Protobuf integer(int field, long value) {
        tag(field, VARINT);
        varint(value);
        return this;
    }

    Protobuf real(int field, double value) {
        tag(field, EIGHT_BYTES);
        fixed(Double.doubleToRawLongBits(value), Double.BYTES);
        return this;
    }

    Protobuf real(int field, float value) {
        tag(field, FOUR_BYTES);
        fixed(Float.floatToRawIntBits(value), Float.BYTES);
        return this;
    }

    /** A repeated field of type double. */
    Protobuf reals(int field, double[] values) {
        tag(field, LENGTH_FIRST);
        varint((long) values.length * Double.BYTES);
        for (double value : values) {
            fixed(Double.doubleToRawLongBits(value), Double.BYTES);
        }
        return this;
    }

    Protobuf text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Protobuf message(int field, Protobuf message) {
        return bytes(field, message.toBytes());
    }

    private Protobuf bytes(int field, byte[] value) {
        tag(field, LENGTH_FIRST);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
