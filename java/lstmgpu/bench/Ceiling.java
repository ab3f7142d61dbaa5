package lstmgpu.bench;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;

/**
 * The most that a backend was seen to do here, on large things: a square product, a sum and a copy. The share of it that something
 * reaches is the time it would take at these rates (Williams 2009, "Roofline") divided by the time it takes; above 1 where it is written
 * down with more arithmetic than it needs.
 *
 * @param operationsPerSecond of the product
 * @param bytesPerSecond read and written
 */
record Ceiling(double operationsPerSecond, double bytesPerSecond) {
    private static final int SMALLEST = 256;
    private static final int LARGEST = 8192;
    private static final long SHORTEST_NANOSECONDS = 20_000_000;
    private static final int REPEATS = 5;

    /** What else the process does meanwhile, such as compiling, must not lower what everything is measured by. */
    private static final long ENOUGH_NANOSECONDS = 300_000_000;

    static Ceiling of(Backend backend, Precision precision) {
        double operations = 0;
        double bytes = 0;
        long spent = 0;
        for (int size = SMALLEST; size <= LARGEST && spent < SHORTEST_NANOSECONDS; size *= 2) {
            int n = size;
            long square = (long) size * size;
            List<DeviceBuffer> buffers = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    buffers.add(backend.alloc(ElementType.FLOAT32, square));
                }
                DeviceBuffer a = buffers.get(0);
                DeviceBuffer b = buffers.get(1);
                DeviceBuffer c = buffers.get(2);
                spent = fastest(backend, () -> backend.linear(a, b, null, n, n, n, precision, c));
                operations = Math.max(operations, 2e9 * square * size / spent);
                bytes = Math.max(bytes, 8e9 * square / fastest(backend, () -> backend.copy(a, b)));
                DeviceBuffer sum = c.slice(0, 1);
                bytes = Math.max(bytes, 4e9 * square / fastest(backend, () -> backend.sumOfSquares(a, sum)));
            } finally {
                buffers.forEach(DeviceBuffer::close);
            }
        }
        return new Ceiling(operations, bytes);
    }

    private static long fastest(Backend backend, Runnable call) {
        long fastest = Long.MAX_VALUE;
        long spent = 0;
        for (int i = 0; i < REPEATS || spent < ENOUGH_NANOSECONDS; i++) {
            backend.synchronize();
            long start = System.nanoTime();
            call.run();
            backend.synchronize();
            long nanoseconds = System.nanoTime() - start;
            fastest = Math.min(fastest, nanoseconds);
            spent += nanoseconds;
        }
        return fastest;
    }

    /** Share of the ceiling, from what has to be computed and moved. */
    double share(double milliseconds, long operations, long bytes) {
        double floor = Math.max(operations / operationsPerSecond, bytes / bytesPerSecond);
        return floor * 1e3 / milliseconds;
    }
}
