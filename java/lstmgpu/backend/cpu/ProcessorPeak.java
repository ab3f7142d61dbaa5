package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** {@code native/processor_peak.cpp}, or, where it cannot run, the nearest that Java comes to it. */
final class ProcessorPeak {
    /** A multiple of so many elements is gone over. */
    static final int UNIT = 128;

    private static final MethodHandle HANDLE = NativeProduct.find(
            "processor_peak",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    /** Products on every element that is loaded, so that the loads hide behind them. */
    private static final int FACTORS = 32;

    private static final int OPERATIONS = 2 * FACTORS;
    private static final int COPIED_BYTES = 2 * CpuBuffer.ELEMENT_BYTES;

    /** What is done. */
    enum Kind {
        FLOAT32_WIDE(0),
        FLOAT32_NARROW(1),
        BFLOAT16_VECTORS(2),
        BFLOAT16_TILES(3),
        READ(4),
        COPY(5),
        TRIAD(6);

        private final int number;

        /** @param number the native function's */
        Kind(int number) {
            this.number = number;
        }

        /** What a unit multiplies. */
        static Kind of(Bfloat16Unit unit) {
            return unit == Bfloat16Unit.TILES ? BFLOAT16_TILES : BFLOAT16_VECTORS;
        }

        boolean movesMemory() {
            return this == READ || this == COPY || this == TRIAD;
        }

        /** How many arrays it goes over. */
        int arrays() {
            return this == TRIAD ? 3 : this == COPY ? 2 : 1;
        }
    }

    private ProcessorPeak() {}

    static boolean isNative() {
        return HANDLE != null;
    }

    /**
     * Does it on the calling thread.
     *
     * @param memory of as many stretches of {@code length} elements as the kind has arrays, a multiple of {@link #UNIT}
     * @param tile of Java's own, for arithmetic without the native function
     * @return operations, or bytes read and written; 0 where the processor has no such instructions
     */
    static long run(Kind kind, long rounds, CpuBuffer memory, long from, long length, float[] tile) {
        if (HANDLE == null) {
            return inJava(kind, rounds, memory, from, length, tile);
        }
        long a = memory.address(from);
        long stretch = length * CpuBuffer.ELEMENT_BYTES;
        try {
            return (long) HANDLE.invokeExact(kind.number, rounds, a, a + stretch, a + 2 * stretch, length);
        } catch (Throwable e) {
            throw new IllegalStateException("native/processor_peak failed", e);
        }
    }

    /** Rounds of the native function are some vectors, of this one a tile. */
    static long inJava(Kind kind, long rounds, CpuBuffer memory, long from, long length, float[] tile) {
        return switch (kind) {
            case FLOAT32_NARROW -> {
                long passes = 1 + rounds / tile.length;
                for (long pass = 0; pass < passes; pass++) {
                    multiplyAndAdd(tile);
                }
                yield passes * tile.length * OPERATIONS;
            }
            case COPY -> {
                for (long round = 0; round < rounds; round++) {
                    memory.copyTo(from, memory, from + length, length);
                }
                yield rounds * length * COPIED_BYTES;
            }
            case FLOAT32_WIDE, BFLOAT16_VECTORS, BFLOAT16_TILES, READ, TRIAD -> 0;
        };
    }

    private static void multiplyAndAdd(float[] tile) {
        for (int i = 0; i < tile.length; i++) {
            float x = tile[i];
            x = eight(eight(eight(eight(x))));
            tile[i] = x;
        }
    }

    private static float eight(float x) {
        float y = Math.fma(Math.fma(Math.fma(Math.fma(x, 0.5f, 1f), 0.5f, 1f), 0.5f, 1f), 0.5f, 1f);
        return Math.fma(Math.fma(Math.fma(Math.fma(y, 0.5f, 1f), 0.5f, 1f), 0.5f, 1f), 0.5f, 1f);
    }
}
