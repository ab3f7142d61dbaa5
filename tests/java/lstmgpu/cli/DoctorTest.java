package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import lstmgpu.ChildProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code doctor} and {@code devices} in processes of their own: without libraries, with the stand-in's, with broken
 * ones.
 */
class DoctorTest {
    private static final Path STAND_IN =
            Path.of(System.getProperty("lstmgpu.cudasim", "target/cudasim")).toAbsolutePath();

    @TempDir
    Path folder;

    private ChildProcess run(String command, Map<String, String> environment) {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("LSTM_GPU_CACHE", folder.resolve("cache").toString());
        ChildProcess child = ChildProcess.of(variables, Main.class.getName(), command);
        assertEquals(0, child.code(), child.err());
        assertEquals("", child.err());
        return child;
    }

    private static void contains(ChildProcess child, String... texts) {
        for (String text : texts) {
            assertTrue(child.out().contains(text), () -> "'%s' is not in\n%s".formatted(text, child.out()));
        }
    }

    private Path standIn(String... names) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("libraries"));
        for (String name : names) {
            Files.copy(STAND_IN.resolve(name), copy.resolve(name));
        }
        return copy;
    }

    @Test
    void withTheStandInAllIsNamed() {
        ChildProcess child = run("doctor", Map.of("LSTM_GPU_CUDA", STAND_IN.toString()));
        contains(
                child, "NVIDIA's driver  CUDA ", STAND_IN.resolve("libcublas.so.12") + ", found through LSTM_GPU_CUDA");
        contains(
                child,
                "cuda:0           cudasim, compute capability 8.0",
                "GB free",
                "libraries        of CUDA 12: cuBLAS, cuDNN\n",
                "cuDNN            9.13.0 for CUDA 12.6, ");
        contains(child, "--device auto takes cuda:0.", "OpenBLAS", "Java             25");
        contains(child, folder.resolve("cache").toString());
    }

    @Test
    void aBrokenLibraryIsAFindingLikeAnyOther() throws IOException {
        Path libraries = standIn("libcuda.so.1", "libcublasLt.so.12");
        Files.writeString(libraries.resolve("libcudnn.so.9"), "not a library");
        ChildProcess child = run("doctor", Map.of("LSTM_GPU_CUDA", libraries.toString()));
        contains(
                child,
                "cuDNN            cannot be loaded (",
                "libcudnn.so.9 is not a shared library);",
                "wanted: libcudnn.so.9\n");
        contains(child, "to mend that: pip install nvidia-cudnn-cu1", "--device auto takes cuda:0.", "README.md");
    }

    @Test
    void aCudnnWithoutLayersInBfloat16SaysSo() {
        Map<String, String> environment = Map.of("LSTM_GPU_CUDA", STAND_IN.toString(), "CUDASIM_CUDNN", "90501");
        contains(run("doctor", environment), "cuDNN            9.5.1 for CUDA 12.6 without layers in bfloat16");
    }

    @Test
    void aDriverThatIsTooOldIsSaid() {
        ChildProcess child = run("doctor", Map.of("LSTM_GPU_CUDA", STAND_IN.toString(), "CUDASIM_DRIVER", "11040"));
        contains(child, "CUDA 11.4", "525", "no NVIDIA GPU that this program can use");
    }

    @Test
    void aMachineWithADriverAndNoGpu() {
        Map<String, String> environment = Map.of("LSTM_GPU_CUDA", STAND_IN.toString(), "CUDASIM_DEVICES", "0");
        contains(run("doctor", environment), "GPU ", "no NVIDIA GPU that this program can use");
        contains(run("devices", environment), "cuda       no   ", "cpu        yes");
    }

    @Test
    void allDevicesAreListed() {
        ChildProcess child = run("devices", Map.of("LSTM_GPU_CUDA", STAND_IN.toString(), "CUDASIM_DEVICES", "2"));
        contains(child, "cuda:0     yes  cudasim", "cuda:1     yes  cudasim", "cpu        yes");
        assertFalse(child.out().contains("cuda:2"), child.out());
    }

    @Test
    void withoutADriverTheReasonIsPlain() throws IOException {
        // A folder given explicitly comes first, so a file that is no library hides a driver of this machine.
        Path libraries = Files.createDirectories(folder.resolve("none"));
        Files.writeString(libraries.resolve("libcuda.so.1"), "");
        Map<String, String> environment = Map.of("LSTM_GPU_CUDA", libraries.toString());
        contains(run("doctor", environment), "cannot be loaded (", "install NVIDIA's driver", "takes the CPU");
        contains(run("devices", environment), "cuda       no   NVIDIA's driver (libcuda.so.1) cannot be loaded");
    }
}
