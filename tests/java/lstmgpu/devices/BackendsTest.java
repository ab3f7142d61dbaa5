package lstmgpu.devices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice of a backend on a machine without a GPU. */
class BackendsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        tpu        | --device tpu is unknown; it takes auto, cuda, opencl, cpu, reference
        ''         | --device  is unknown; it takes auto, cuda, opencl, cpu, reference
        cuda0      | --device cuda0 is unknown
        cpu:3      | --device cpu:3: only GPUs have numbers, as in cuda:0; use --device cpu
        reference:0| --device reference:0: only GPUs have numbers, as in cuda:0; use --device reference
        auto:1     | --device auto:1: only GPUs have numbers
        cuda:      | --device cuda:: behind the colon goes the number of a GPU, cuda:0 for the first
        cuda:x     | --device cuda:x: behind the colon goes the number of a GPU
        cuda:-1    | --device cuda:-1: behind the colon goes the number of a GPU
        opencl:1:2 | --device opencl:1:2: behind the colon goes the number of a GPU, opencl:0 for the first
        cuda:99999999999 | behind the colon goes the number of a GPU
        """)
    void namesThatAreNoDevices(String device, String part) {
        assertRefused(device, ExitCode.USAGE, part);
    }

    @ParameterizedTest
    @CsvSource({"cuda", "CUDA:1", "cuda:0"})
    void cudaByNameNeverFallsBack(String device) {
        assertRefused(
                device, ExitCode.DEVICE, "--device " + device + " is not available: NVIDIA's driver (libcuda.so.1)");
    }

    @Test
    void aNumberBeyondTheDevicesIsRefused() {
        assertRefused("opencl:97", ExitCode.DEVICE, "opencl:97 is not there: this machine has ");
    }

    private static void assertRefused(String device, ExitCode code, String part) {
        List<String> notices = new ArrayList<>();
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> Backends.open(device, 0, 0, notices::add));
        assertEquals(code, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
        assertEquals(List.of(), notices);
    }

    @Test
    void autoSaysInOneLineWhyItTookTheCpu() {
        List<String> notices = new ArrayList<>();
        try (Backend backend = Backends.open("auto", 1, 0, notices::add)) {
            assertEquals("cpu", backend.device().backend());
        }
        assertEquals(1, notices.size());
        assertTrue(
                notices.getFirst()
                        .matches("computing on the CPU: NVIDIA's driver \\(libcuda\\.so\\.1\\) was not found: install"
                                + " .*"),
                notices.getFirst());
    }

    @Test
    void whatIsNamedNeedsNoWords() {
        for (String device : List.of("cpu", "reference")) {
            List<String> notices = new ArrayList<>();
            try (Backend backend = Backends.open(device, 1, 0, notices::add)) {
                assertEquals(device, backend.device().backend());
            }
            assertEquals(List.of(), notices);
        }
    }
}
