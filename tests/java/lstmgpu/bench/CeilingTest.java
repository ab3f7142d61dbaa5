package lstmgpu.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lstmgpu.backend.Backend;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;

class CeilingTest {
    @Test
    void thereIsNoShareAboveAll() {
        try (Backend backend = new CpuBackend(1)) {
            Ceiling ceiling = Ceiling.of(backend, Precision.FP32);
            assertTrue(
                    ceiling.text().endsWith("over 256 MB") && ceiling.text().contains(" in registers, "),
                    ceiling.text());
            assertNull(ceiling.share(1e-3, 1L << 50, 0), "arithmetic that nobody can do");
            assertNull(ceiling.share(1e-3, 0, 1L << 50), "bytes that nobody can move");
            double second = ceiling.share(1e3, 1_000_000_000, 0);
            assertEquals(2, second / ceiling.share(2e3, 1_000_000_000, 0), 1e-9);
            assertTrue(second > 0 && second < 1, "a billion operations in a second are %.3f".formatted(second));
        }
    }
}
