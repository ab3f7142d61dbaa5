package lstmgpu.backend.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.driver.ImageIndex;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.sequence.SequenceSplit;
import lstmgpu.backend.cuda.sequence.SplitText;
import lstmgpu.backend.kernels.KeptImage;
import lstmgpu.backend.kernels.KernelSources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernels under NVIDIA's own compiler at run time, which needs no GPU. tests/run installs it. */
public class NvrtcTest {
    private static final Path KERNELS = Path.of("kernels");

    /** ELF's first bytes: machine code. */
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private static final ImageIndex NO_IMAGES = new ImageIndex(0, List.of());

    @TempDir
    Path cache;

    private CudaLibraries libraries;

    @BeforeEach
    void findNvrtc() {
        libraries = CudaLibraries.find(
                Map.of("LSTM_GPU_CUDA", System.getProperty("lstmgpu.nvrtc", "")), Path.of("/nowhere"));
        boolean found = libraries.nvrtc().isUsable();
        assertTrue(found || System.getenv("CI") == null, () -> libraries.nvrtc().refusal());
        assumeTrue(found, "NVRTC is not there; tests/run installs it");
    }

    /** The names of the files, as {@code Kernel} has them. */
    private static List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(KERNELS)) {
            TreeSet<String> names = new TreeSet<>();
            all.map(path -> KERNELS.relativize(path).toString())
                    .filter(name -> name.endsWith(".cu"))
                    .forEach(name -> names.add(name.substring(0, name.length() - 3)));
            return List.copyOf(names);
        }
    }

    private KernelImages images() {
        return new KernelImages(libraries, null, cache, NO_IMAGES);
    }

    @Test
    void everyFileCompilesInBothStorages() throws IOException {
        List<String> files = files();
        assertTrue(files.contains("dropout"), files.toString());
        for (String file : files) {
            for (ElementType storage : List.of(ElementType.FLOAT32, ElementType.BFLOAT16)) {
                byte[] image = images().image(file, storage, 9, 0);
                assertArrayEquals(ELF, java.util.Arrays.copyOf(image, 4), file);
                assertTrue(image.length > 1000, file);
            }
        }
    }

    @Test
    void splitsCompileThatHaveNoImage() {
        SequenceSplit forward = SplitText.forward("256 16 8 1 2 2 1");
        SequenceSplit backward = SplitText.backward("256 16 8 16 0 8 2 1");
        SequenceSplit clusters = SplitText.forward("256 16 8 2 2 2 1");
        SequenceSplit backwardClusters = SplitText.backward("256 16 8 16 2 8 2 1");
        for (SequenceSplit split : List.of(forward, backward, clusters, backwardClusters)) {
            byte[] image = images().image(split.file(), split.constants(), 9, 0);
            assertArrayEquals(ELF, java.util.Arrays.copyOf(image, 4), split.toString());
        }
    }

    @Test
    void theKernelOfOneTextCompiles() {
        String[] constants = {"FACTOR_BYTES=2"};
        byte[] image = images().image("cuda/token_stream", constants, 9, 0);
        assertArrayEquals(ELF, java.util.Arrays.copyOf(image, 4));
    }

    @Test
    void theCacheServesTheSecondCallAndIsKeyedByWhatDecidesTheImage() throws IOException {
        byte[] first = images().image("dropout", ElementType.FLOAT32, 8, 6);
        Path kept;
        try (Stream<Path> entries = Files.list(cache.resolve("kernels"))) {
            List<Path> all = entries.toList();
            assertEquals(1, all.size());
            kept = all.getFirst();
        }
        assertArrayEquals(first, new KeptImage(kept).read());
        byte[] marked = "kept".getBytes(StandardCharsets.UTF_8);
        new KeptImage(kept).keep(marked);
        assertArrayEquals(marked, images().image("dropout", ElementType.FLOAT32, 8, 6));
        assertArrayEquals(ELF, java.util.Arrays.copyOf(images().image("dropout", ElementType.FLOAT32, 8, 9), 4));
        assertArrayEquals(ELF, java.util.Arrays.copyOf(images().image("dropout", ElementType.BFLOAT16, 8, 6), 4));
    }

    @Test
    void anUnwritableCacheOnlyCostsTime() throws IOException {
        Path file = Files.createFile(cache.resolve("a file"));
        byte[] image = new KernelImages(libraries, null, file, NO_IMAGES).image("dropout", ElementType.FLOAT32, 8, 0);
        assertArrayEquals(ELF, java.util.Arrays.copyOf(image, 4));
    }

    @Test
    void aGpuNewerThanTheCompilerGetsPtx() {
        byte[] image = images().image("dropout", ElementType.FLOAT32, 99, 0);
        String text = new String(image, StandardCharsets.UTF_8);
        assertTrue(text.contains(".visible .entry dropout("), text.substring(0, Math.min(300, text.length())));
        assertEquals(0, image[image.length - 1], "the driver reads up to a NUL");
    }

    @Test
    void aGpuOlderThanTheCompilerIsRefused() {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> images().image("dropout", ElementType.FLOAT32, 3, 5));
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("3.5"), refusal.getMessage());
    }

    @Test
    void aTextThatDoesNotCompileShowsTheLog() {
        Nvrtc compiler = Nvrtc.of(libraries);
        KernelSources broken = new KernelSources("broken.cu", "extern \"C\" __global__ void f() { g(); }", Map.of());
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> compiler.compile(broken, compiler.target(9, 0)));
        assertEquals(ExitCode.FAILED, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("broken.cu(1): error"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("\"g\""), refusal.getMessage());
    }
}
