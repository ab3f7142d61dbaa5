package lstmgpu.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelSources;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiled kernels and the shapes of products, which the first use on a device finds out and the next ones read. */
class OpenClCacheTest {
    private static final Product PRODUCT = new Product(33, 257, 65, false, true, Precision.FP32);

    @TempDir
    Path cache;

    @BeforeEach
    void require() {
        OpenClTestBackend.requirePresent();
    }

    private void multiply() {
        try (OpenClDevice device = new OpenClDevice(0, cache)) {
            multiply(device);
        }
    }

    /** Ones by ones. */
    private static void multiply(OpenClDevice device) {
        try (KernelBuffer a = ones(device, PRODUCT.rows() * PRODUCT.depth());
                KernelBuffer b = ones(device, PRODUCT.columns() * PRODUCT.depth());
                KernelBuffer c = ones(device, PRODUCT.rows() * PRODUCT.columns())) {
            device.multiply(PRODUCT, a, b, true, c);
            float[] result = new float[PRODUCT.rows() * PRODUCT.columns()];
            device.download(c, result);
            for (float value : result) {
                assertEquals(PRODUCT.depth() + 1, value, 0f);
            }
        }
    }

    private static KernelBuffer ones(OpenClDevice device, int length) {
        KernelBuffer buffer = device.alloc(ElementType.FLOAT32, length);
        float[] values = new float[length];
        Arrays.fill(values, 1);
        device.upload(values, buffer);
        return buffer;
    }

    @Test
    void theSecondStartReadsWhatTheFirstFound() throws IOException {
        multiply();
        assertEquals(GemmShape.ALL.size(), binaries().size());
        Path tuning = tuning();
        // What the device would not choose shows that the file decides.
        Files.writeString(tuning, "16x32 16x32\n");
        for (Path binary : binaries()) {
            Files.delete(binary);
        }
        multiply();
        assertEquals(1, binaries().size(), "one shape is compiled, none is tried");
        assertEquals("16x32 16x32\n", Files.readString(tuning));
    }

    private Path tuning() throws IOException {
        return ending(".tuning").getFirst();
    }

    private List<Path> binaries() throws IOException {
        return ending(".opencl");
    }

    private List<Path> ending(String end) throws IOException {
        try (Stream<Path> found = Files.list(cache)) {
            return found.filter(path -> path.toString().endsWith(end)).toList();
        }
    }

    @Test
    void damagedFilesAreMadeAnew() throws IOException {
        multiply();
        for (String damage : List.of("", "nonsense", "64x16", "1000000x3 64x16 and more")) {
            Files.writeString(tuning(), damage);
            for (Path binary : binaries()) {
                Files.writeString(binary, damage);
            }
            multiply();
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsNotNeeded() throws IOException {
        Path file = Files.writeString(cache.resolve("file"), "no folder");
        try (OpenClDevice device = new OpenClDevice(0, file.resolve("below"))) {
            multiply(device);
        }
    }

    /** The key is the text with all of its headers, the options, and the driver. */
    @Test
    void anotherTextOrOptionIsAnotherFile() throws IOException {
        try (OpenClDevice device = new OpenClDevice(0, cache)) {
            device.call(Kernel.FILL, ElementType.FLOAT32);
            assertEquals(1, binaries().size());
            device.call(Kernel.WIDEN, ElementType.FLOAT32);
            assertEquals(2, binaries().size());
            device.call(Kernel.WIDEN, ElementType.BFLOAT16);
            assertEquals(3, binaries().size());
        }
    }

    @Test
    void whatTheCompilerSaysIsShown() {
        KernelSources broken =
                new KernelSources("broken.cu", "kernel void broken(global float *x) { x[0] = nowhere; }\n", Map.of());
        OpenClContext context = OpenClContext.open(0);
        try (context;
                OpenClPrograms programs = new OpenClPrograms(context, cache)) {
            LstmGpuException failure =
                    assertThrows(LstmGpuException.class, () -> programs.program(broken, "-cl-std=CL1.2"));
            assertEquals(ExitCode.FAILED, failure.exitCode());
            assertTrue(failure.getMessage().contains("broken.cu does not compile"), failure.getMessage());
            assertTrue(failure.getMessage().contains("nowhere"), failure.getMessage());
            assertFalse(Files.exists(cache.resolve("broken.opencl")));
        }
    }
}
