package lstmgpu.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DevicePeak;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Precision;

/**
 * The most that is possible here: of a processor what its own loops of multiply-adds and over memory reach, of other
 * devices what their operations were seen to reach on large things, a square product, a sum and a copy.
 *
 * <p>The share of it that something reaches is the time it would take at these rates (Williams 2009, "Roofline")
 * divided by the time it takes.
 */
final class Ceiling {
    private static final int SMALLEST = 256;
    private static final int LARGEST = 8192;
    private static final long SHORTEST_NANOSECONDS = 20_000_000;
    private static final int REPEATS = 5;

    /** What else the process does meanwhile, such as compiling, must not lower what everything is measured by. */
    private static final long ENOUGH_NANOSECONDS = 300_000_000;

    /**
     * The bytes that are counted are at most so many times those they are of: an optimiser reads and writes most of its
     * arrays.
     */
    private static final int MOST_PASSES = 2;

    private static final double GIGA = 1e-9;
    private static final List<Long> SHOWN_SETS = List.of(1L << 20, 1L << 28);

    private final Backend backend;
    private final Precision precision;
    private final boolean ofProcessor;
    private DevicePeak peak;

    private Ceiling(Backend backend, Precision precision) {
        this.backend = backend;
        this.precision = precision;
        DevicePeak own = backend.measurePeak();
        ofProcessor = own != null && own.operations().containsKey(precision);
        peak = ofProcessor ? own : ofOperations();
    }

    static Ceiling of(Backend backend, Precision precision) {
        return new Ceiling(backend, precision);
    }

    private DevicePeak ofOperations() {
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
                spent = fastest(
                        backend, () -> backend.layers().linear(a, b, null, new LinearSpec(n, n, n, precision), c));
                operations = Math.max(operations, 2e9 * square * size / spent);
                bytes = Math.max(bytes, 8e9 * square / fastest(backend, () -> backend.copy(a, b)));
                DeviceBuffer sum = c.slice(0, 1);
                long reading = fastest(backend, () -> backend.optimisation().sumOfSquares(a, sum));
                bytes = Math.max(bytes, 4e9 * square / reading);
            } finally {
                buffers.forEach(DeviceBuffer::close);
            }
        }
        return new DevicePeak(Map.of(precision, operations), new TreeMap<>(Map.of(0L, bytes)));
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

    /**
     * Share of the ceiling.
     *
     * @param operations that are needed at least
     * @param bytes that are read and written at least
     * @return null where the device was seen to do more than it could when its ceiling was measured, so that there is
     *     none to compare with
     */
    Double share(double milliseconds, long operations, long bytes) {
        double share = floor(operations, bytes) * 1e3 / milliseconds;
        if (share > 1 && ofProcessor) {
            peak = peak.orMore(backend.measurePeak());
            share = floor(operations, bytes) * 1e3 / milliseconds;
        }
        return share > 1 ? null : Double.valueOf(share);
    }

    private double floor(long operations, long bytes) {
        return Math.max(
                operations / peak.operations().get(precision), bytes / peak.bytesPerSecond(bytes / MOST_PASSES));
    }

    /** For people: the rates, and what they are of. */
    String text() {
        String operations = peak.operations().entrySet().stream()
                .map(rate -> "%.0f GFLOP/s in %s"
                        .formatted(rate.getValue() * GIGA, rate.getKey().name().toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining(", "));
        if (!ofProcessor) {
            return "%s and %.0f GB/s, as its own operations reach them"
                    .formatted(operations, peak.bytesPerSecond(0) * GIGA);
        }
        String bytes = SHOWN_SETS.stream()
                .map(set -> "%.0f GB/s over %d MB".formatted(peak.bytesPerSecond(set) * GIGA, set >> 20))
                .collect(Collectors.joining(", "));
        return operations + " in registers, " + bytes;
    }
}
