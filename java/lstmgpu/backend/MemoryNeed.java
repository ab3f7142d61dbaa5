package lstmgpu.backend;

import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

/**
 * Whether something fits into a device's memory, asked before any of it is allocated: it is made on the device's twin
 * ({@link Backend#counting}), which only counts.
 */
public final class MemoryNeed {
    /** Some buffer would be larger than there can be one. */
    public static final long UNCOUNTABLE = Long.MAX_VALUE;

    private MemoryNeed() {}

    /**
     * The most bytes that are held while something is made.
     *
     * @param making makes it; nothing has to be closed
     */
    public static long bytes(Backend backend, Function<Backend, ?> making) {
        try (Backend counting = backend.counting()) {
            var _ = making.apply(counting);
            return counting.allocatedBytes();
        } catch (LstmGpuException failure) {
            if (failure.exitCode() == ExitCode.MEMORY) {
                return UNCOUNTABLE; // Not even what cuDNN has to be asked with.
            }
            throw failure;
        } catch (ArithmeticException | OutOfMemoryError overflow) {
            return UNCOUNTABLE; // A buffer of more elements than a number or an array of this program can have.
        }
    }

    /**
     * @param what is to be done, the start of the message
     * @param remedy the end of the message, from the free bytes
     * @throws LstmGpuException with exit code 5 if more than is free is needed
     */
    public static void require(Backend backend, long bytes, String what, LongFunction<String> remedy) {
        long free = backend.freeBytes();
        if (bytes > free) {
            throw new LstmGpuException(
                    ExitCode.MEMORY,
                    "%s needs %s on %s, which has %s free; %s"
                            .formatted(what, text(bytes), backend.device().name(), text(free), remedy.apply(free)));
        }
    }

    private static String text(long bytes) {
        return bytes == UNCOUNTABLE
                ? "a larger buffer than there can be"
                : "%,d MB of memory".formatted(Math.ceilDiv(bytes, 1L << 20));
    }

    /**
     * The largest count from 1 to {@code most} whose bytes do not exceed the limit; 0 if not even 1 does. More takes no
     * less.
     */
    public static int largest(int most, long limit, LongUnaryOperator bytes) {
        int fits = 0;
        int above = most + 1;
        while (above - fits > 1) {
            int middle = (fits + above) >>> 1;
            if (bytes.applyAsLong(middle) <= limit) {
                fits = middle;
            } else {
                above = middle;
            }
        }
        return fits;
    }
}
