package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DevicePeak;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import org.junit.jupiter.api.Test;

/** What the CPU is said to do at most is not less than what it does. */
class ProcessorPeakTest {
    private static final int ROWS = 960;
    private static final int SEQUENCES = 64;
    private static final int INNER = 256;
    private static final int CALLS = 60;
    private static final int TRIES = 200;

    @Test
    void noProductIsFaster() {
        try (CpuBackend backend = new CpuBackend(1)) {
            double fastest = 0;
            for (int attempt = 0; attempt < 3; attempt++) {
                DevicePeak peak = backend.measurePeak();
                double most = peak.operations().get(Precision.FP32);
                double product = product(backend);
                assertTrue(product > 0.02 * most, "a product reaches %.3g of %.3g".formatted(product, most));
                if (product <= most) {
                    return;
                }
                fastest = product / most;
            }
            assertTrue(fastest <= 1, "a product reaches %.3f of what is possible".formatted(fastest));
        }
    }

    /** Operations a second of the fastest call. */
    private static double product(Backend backend) {
        try (CpuBuffer a = (CpuBuffer) backend.alloc(ElementType.FLOAT32, ROWS * INNER);
                CpuBuffer b = (CpuBuffer) backend.alloc(ElementType.FLOAT32, INNER * SEQUENCES);
                CpuBuffer c = (CpuBuffer) backend.alloc(ElementType.FLOAT32, ROWS * SEQUENCES)) {
            a.fill(0.5f);
            b.fill(0.5f);
            Blas blas = new Blas();
            long fastest = Long.MAX_VALUE;
            for (int i = 0; i < CALLS; i++) {
                long start = System.nanoTime();
                blas.multiply(
                        Blas.Transposed.NONE,
                        ROWS,
                        SEQUENCES,
                        INNER,
                        a.address(0),
                        INNER,
                        b.address(0),
                        SEQUENCES,
                        0f,
                        c.address(0),
                        SEQUENCES);
                fastest = Math.min(fastest, System.nanoTime() - start);
            }
            return 2e9 * ROWS * SEQUENCES * INNER / fastest;
        }
    }

    @Test
    void copiesAreNotFasterThanWhatMemoryGives() {
        try (CpuBackend backend = new CpuBackend(1)) {
            boolean cached = false;
            for (int attempt = 0; attempt < 3 && !cached; attempt++) {
                DevicePeak peak = backend.measurePeak();
                long set = peak.bytes().lastKey();
                assertTrue(set >= 1 << 24, "the largest set has %d bytes".formatted(set));
                assertTrue(peak.bytesPerSecond(set) > 1e7, "%.3g B/s".formatted(peak.bytesPerSecond(set)));
                cached = peak.bytesPerSecond(1) >= peak.bytesPerSecond(set);
            }
            assertTrue(cached, "small sets are in caches");
        }
    }

    @Test
    void javaAloneComesNear() {
        float[] tile = new float[Worker.TILE];
        double fastest = 0;
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            long done = ProcessorPeak.inJava(ProcessorPeak.Kind.FLOAT32_NARROW, 100 * Worker.TILE, null, 0, 0, tile);
            fastest = Math.max(fastest, 1e9 * done / (System.nanoTime() - start));
        }
        assertTrue(fastest > 2e8, "%.3g operations per second".formatted(fastest));
        assertEquals(0, ProcessorPeak.inJava(ProcessorPeak.Kind.BFLOAT16_VECTORS, 1, null, 0, 0, tile));
    }
}
