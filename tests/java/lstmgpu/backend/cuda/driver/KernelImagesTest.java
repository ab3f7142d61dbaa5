package lstmgpu.backend.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.NvrtcTest;
import lstmgpu.backend.kernels.KernelSources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which image is taken. What is compiled at run time: {@link NvrtcTest}. */
class KernelImagesTest {
    private static final ImageIndex NONE = new ImageIndex(0, List.of());
    private static final ImageIndex OF_A_BUILD =
            new ImageIndex(13_000, List.of("sm_80", "sm_86", "sm_90a", "sm_100", "compute_80"));

    @TempDir
    Path folder;

    private final CudaLibraries nothing = CudaLibraries.find(Map.of(), Path.of("/nowhere"));

    private KernelImages images() {
        return new KernelImages(nothing, folder, folder.resolve("cache"), NONE);
    }

    @Test
    void theFolderComesFirstAndTheStorageDecides() throws IOException {
        Files.writeString(folder.resolve("dropout.fp32.fatbin"), "single");
        assertArrayEquals(bytes("single"), images().image("dropout", ElementType.FLOAT32, 9, 0));
        assertArrayEquals(
                bytes("single"), images().image("dropout", ElementType.BFLOAT16, 9, 0), "a text without real");
        Files.writeString(folder.resolve("dropout.bf16.fatbin"), "half");
        assertArrayEquals(bytes("half"), images().image("dropout", ElementType.BFLOAT16, 9, 0));
        assertArrayEquals(bytes("single"), images().image("dropout", ElementType.FLOAT32, 9, 0));
        assertTrue(images().description().contains(folder.toString()), images().description());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void withoutImagesAndCompilerOneSentenceSaysWhatToInstall() {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> images().image("dropout", ElementType.FLOAT32, 7, 5));
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        for (String word : List.of("7.5", "NVRTC", "libnvrtc.so.12", "pip install", "LSTM_GPU_CUDA")) {
            assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
        }
        assertEquals(1, refusal.getMessage().lines().count());
    }

    @Test
    void aFileThatIsNotThereIsAFaultOfTheProgram() {
        assertThrows(IllegalArgumentException.class, () -> KernelSources.of("absent"));
    }

    @Test
    void machineCodeRunsOnItsFamilyPtxOnAllLater() {
        ImageIndex machineCode = new ImageIndex(13_000, List.of("sm_80", "sm_86", "sm_90a"));
        assertTrue(machineCode.covers(8, 0, 13_000));
        assertTrue(machineCode.covers(8, 9, 13_000), "8.6 runs on 8.9");
        assertTrue(machineCode.covers(9, 0, 13_000));
        assertFalse(machineCode.covers(7, 5, 13_000));
        assertFalse(machineCode.covers(10, 0, 13_000), "9.0a runs on 9.0 only");
        assertFalse(machineCode.covers(12, 0, 13_000));
        assertTrue(OF_A_BUILD.covers(12, 0, 13_000), "PTX");
        assertFalse(OF_A_BUILD.covers(7, 5, 13_000));
        assertFalse(NONE.covers(9, 0, 13_000));
    }

    @Test
    void aDriverOlderThanTheCompilerGetsOtherImages() {
        assertFalse(OF_A_BUILD.covers(9, 0, 12_080));
        assertTrue(OF_A_BUILD.covers(9, 0, 13_010));
        assertTrue(OF_A_BUILD.covers(9, 0, 0), "the driver's version is unknown");
    }

    @Test
    void theHeadersOfAFileAreThoseItIncludes() {
        KernelSources sources = KernelSources.of("dropout");
        assertEquals(
                List.of("philox.h", "dialect.h"), List.copyOf(sources.headers().keySet()));
        assertTrue(sources.headers().get("philox.h").contains("philox_block"));
    }
}
