package lstmgpu.store;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/** The element types of safetensors files: those that widen to float32 or round to it, and others, no weights. */
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
    },
    I64(8),
    U64(8),
    C64(8),
    I32(4),
    U32(4),
    I16(2),
    U16(2),
    I8(1),
    U8(1),
    BOOL(1),
    F8_E4M3(1),
    F8_E5M2(1),
    F8_E8M0(1);

    private static final Set<StoredType> WEIGHTS = EnumSet.of(F32, F64, F16, BF16);

    private final int bytes;

    StoredType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes a value. */
    int bytes() {
        return bytes;
    }

    /** Whether {@link #read} reads it. */
    boolean isWeight() {
        return WEIGHTS.contains(this);
    }

    /** The next value of a little-endian buffer. */
    float read(ByteBuffer bytes) {
        throw new UnsupportedOperationException(name() + " is no type of a weight");
    }

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
