package lstmgpu.store;

import java.nio.ByteBuffer;

/** The element types of safetensors files that widen to float32 or round to it. */
enum StoredType {
    F32(4) {
        @Override
        float read(ByteBuffer bytes) {
            return bytes.getFloat();
        }
    },
    F64(8) {
        @Override
        float read(ByteBuffer bytes) {
            return (float) bytes.getDouble();
        }
    },
    F16(2) {
        @Override
        float read(ByteBuffer bytes) {
            return Float.float16ToFloat(bytes.getShort());
        }
    },
    BF16(2) {
        @Override
        float read(ByteBuffer bytes) {
            return Float.intBitsToFloat(bytes.getShort() << 16);
        }
    };

    private final int bytes;

    StoredType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes a value. */
    int bytes() {
        return bytes;
    }

    /** The next value of a little-endian buffer. */
    abstract float read(ByteBuffer bytes);

    /** The type of that name, or null. */
    static StoredType of(String name) {
        for (StoredType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }
}
