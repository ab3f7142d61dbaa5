package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.StepClock;

/** Checks what an operation is given, so that native code never sees a length it may not trust. */
final class CpuArguments {
    private CpuArguments() {}

    /** The buffer as this backend's own, of the type and with exactly {@code length} elements or more. */
    static CpuBuffer check(DeviceBuffer buffer, ElementType type, long length, String what) {
        if (!(buffer instanceof CpuBuffer own)) {
            throw new IllegalArgumentException(what + " is not memory of the CPU backend");
        }
        if (own.type() != type) {
            throw new IllegalArgumentException(what + " is " + own.type() + ", not " + type);
        }
        if (own.length() < length) {
            throw new IllegalArgumentException(what + " has " + own.length() + " elements, not " + length);
        }
        if (!own.segment().scope().isAlive()) {
            throw new IllegalStateException(what + " is closed");
        }
        return own;
    }

    static CpuBuffer floats(DeviceBuffer buffer, long length, String what) {
        return check(buffer, ElementType.FLOAT32, length, what);
    }

    static CpuBuffer ints(DeviceBuffer buffer, long length, String what) {
        return check(buffer, ElementType.INT32, length, what);
    }

    /** One of the numbers of a clock. */
    static int counter(StepClock clock, int place) {
        return ints(clock.counters(), place + 1L, "clock").getInt(place);
    }

    /** Refuses what is no shape [steps, sequences, width], and a width of which no array holds two rows. */
    static void shape(int steps, int sequences, int width) {
        if (steps < 1 || sequences < 1 || width < 1 || width > Integer.MAX_VALUE / 2) {
            throw new IllegalArgumentException(
                    "there is no memory of the shape [%d, %d, %d]".formatted(steps, sequences, width));
        }
    }

    /** Elements of a step of x, which is so many steps. */
    static long width(CpuBuffer x, int steps) {
        if (steps < 1 || x.length() % steps != 0) {
            throw new IllegalArgumentException(x.length() + " elements are not " + steps + " steps");
        }
        return x.length() / steps;
    }

    /** The layer over those of its rows that count. */
    static LinearSpec counted(LinearSpec spec) {
        if (spec.counted() == null) {
            return spec;
        }
        return spec.ofRows(spec.counted()
                .of(spec.rows(), ints(spec.counted().count(), 1, "count").getInt(0)));
    }

    /** A checked buffer, or null where there is none. */
    static CpuBuffer floatsOrNull(DeviceBuffer buffer, long length, String what) {
        return buffer == null ? null : floats(buffer, length, what);
    }
}
