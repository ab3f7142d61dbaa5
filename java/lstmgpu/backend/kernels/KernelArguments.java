package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;

/** Checks what an operation is given, so that no kernel sees a length it may not trust. */
public final class KernelArguments {
    private KernelArguments() {}

    /** The buffer as a device's own, open, of the type and with {@code length} elements or more. */
    public static KernelBuffer check(DeviceBuffer buffer, ElementType type, long length, String what) {
        if (!(buffer instanceof KernelBuffer own)) {
            throw new IllegalArgumentException(what + " is not memory of this backend");
        }
        if (!own.isOpen()) {
            throw new IllegalStateException(what + " is closed");
        }
        if (own.type() != type) {
            throw new IllegalArgumentException(what + " is " + own.type() + ", not " + type);
        }
        if (own.length() < length) {
            throw new IllegalArgumentException(what + " has " + own.length() + " elements, not " + length);
        }
        return own;
    }

    public static KernelBuffer floats(DeviceBuffer buffer, long length, String what) {
        return check(buffer, ElementType.FLOAT32, length, what);
    }

    public static KernelBuffer ints(DeviceBuffer buffer, long length, String what) {
        return check(buffer, ElementType.INT32, length, what);
    }

    /** A checked buffer, or null where there is none. */
    public static KernelBuffer floatsOrNull(DeviceBuffer buffer, long length, String what) {
        return buffer == null ? null : floats(buffer, length, what);
    }

    /** A checked INT32 buffer, or null where there is none. */
    static KernelBuffer intsOrNull(DeviceBuffer buffer, long length, String what) {
        return buffer == null ? null : ints(buffer, length, what);
    }

    /** Elements of [steps, sequences, width]; two rows side by side are still counted in an int. */
    static long elements(int steps, int sequences, int width) {
        if (steps < 1 || sequences < 1 || width < 1 || width > Integer.MAX_VALUE / 2) {
            throw new IllegalArgumentException(
                    "there is no memory of the shape [%d, %d, %d]".formatted(steps, sequences, width));
        }
        return Math.multiplyExact((long) steps * sequences, (long) width);
    }

    /** Elements of a step of x, which is so many steps. */
    static long width(KernelBuffer x, int steps) {
        if (steps < 1 || x.length() % steps != 0) {
            throw new IllegalArgumentException(x.length() + " elements are not " + steps + " steps");
        }
        return x.length() / steps;
    }

    /** What the factors of a product are stored as. */
    public static ElementType storage(Precision precision) {
        return switch (precision) {
            case FP32, TF32 -> ElementType.FLOAT32;
            case BF16 -> ElementType.BFLOAT16;
        };
    }
}
