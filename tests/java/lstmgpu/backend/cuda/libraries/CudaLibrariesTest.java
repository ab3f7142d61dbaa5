package lstmgpu.backend.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import lstmgpu.ChildProcess;
import lstmgpu.backend.cuda.Cudasim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which libraries are taken and what is said of the others, in processes of their own and on a file system made up for
 * it.
 */
class CudaLibrariesTest {
    private static final Path STAND_IN =
            Path.of(System.getProperty("lstmgpu.cudasim", "target/cudasim")).toAbsolutePath();

    @TempDir
    Path root;

    /** What runs in the other process: the libraries under a root, each with its refusal where it is refused. */
    public static final class Probe {
        public static void main(String[] arguments) {
            CudaLibraries libraries = CudaLibraries.find(System.getenv(), Path.of(arguments[0]));
            System.out.println("libraries " + libraries.description());
            for (CudaLibrary library : libraries.all()) {
                System.out.println(library.isUsable() ? library : library.refusal());
            }
        }
    }

    private ChildProcess probe(List<Path> classPath, Map<String, String> environment) {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("LSTM_GPU_CACHE", root.resolve("cache").toString());
        variables.put("HOME", root.toString());
        variables.put("PATH", "/nowhere");
        ChildProcess child = ChildProcess.of(classPath, variables, Probe.class.getName(), root.toString());
        assertEquals(0, child.code(), child.err());
        return child;
    }

    private static void contains(ChildProcess child, String... texts) {
        for (String text : texts) {
            assertTrue(child.out().contains(text), () -> "'%s' is not in\n%s".formatted(text, child.out()));
        }
    }

    private Path copied(String name, String folder) throws IOException {
        Path copy = Files.createDirectories(root.resolve(folder)).resolve(name);
        return Files.copy(STAND_IN.resolve(name), copy);
    }

    @Test
    void everyMissingLibraryIsNamedWithItsRemedy() throws IOException {
        contains(
                probe(List.of(), Map.of()),
                "NVIDIA's driver (libcuda.so.1) was not found: install NVIDIA's driver (525 or newer), or use --device"
                        + " cpu\n",
                "cuDNN (libcudnn.so.9) was not found: pip install");
        copied("libcuda.so.1", "usr/lib64");
        contains(
                probe(List.of(), Map.of("CUDASIM_DRIVER", "12060")),
                "cuBLAS (libcublas.so.12) was not found: pip install nvidia-cublas-cu12, or set LSTM_GPU_CUDA",
                "cuDNN (libcudnn.so.9) was not found: pip install nvidia-cudnn-cu12, or set LSTM_GPU_CUDA",
                "NVRTC (libnvrtc.so.12) was not found: pip install nvidia-cuda-nvrtc-cu12, or set LSTM_GPU_CUDA");
        contains(
                probe(List.of(), Map.of("CUDASIM_DRIVER", "13000")),
                "cuBLAS (libcublas.so.12 or libcublas.so.13) was not found: pip install nvidia-cublas,",
                "pip install nvidia-cudnn-cu13,",
                "NVRTC (libnvrtc.so.12 or libnvrtc.so.13) was not found: pip install nvidia-cuda-nvrtc,");
    }

    @Test
    void withoutADriverTheLargeLibrariesAreNotLoaded() throws IOException {
        copied("libcublas.so.12", "usr/lib64");
        contains(probe(List.of(), Map.of()), "cuBLAS (libcublas.so.12) is of no use without NVIDIA's driver");
    }

    /** A cuDNN, and where it tells of which CUDA it is before it is loaded the name that the real one opens. */
    private Path cudnn(String folder, int cuda, String opened) {
        return FakeLibrary.build(
                root.resolve(folder).resolve("libcudnn.so.9"),
                """
                #include <cstddef>
                extern "C" size_t cudnnGetVersion() { return 92400; }
                extern "C" size_t cudnnGetCudartVersion() { return %d; }
                extern "C" const char *opens() { return "%s"; }
                """.formatted(cuda, opened),
                "-Wl,-soname,libcudnn.so.9");
    }

    private Path library(String folder, String name, String body) {
        return FakeLibrary.build(root.resolve(folder).resolve(name), "extern \"C\" int " + body, "-Wl,-soname," + name);
    }

    @Test
    void aCudnnForANewerCudaThanTheDriversIsRefused() throws IOException {
        copied("libcuda.so.1", "usr/lib64");
        cudnn("usr/lib64", 13030, "libcublasLt.so.13");
        library("usr/lib64", "libcublasLt.so.13", "nothing() { return 0; }");
        contains(
                probe(List.of(), Map.of("CUDASIM_DRIVER", "12060")),
                "is made for CUDA 13, and the driver runs CUDA 12.6: pip install nvidia-cudnn-cu12",
                "libraries none of CUDA 12 or 13 that can be used; those of CUDA 13 are left alone, since the driver"
                        + " runs CUDA 12.6");
        contains(probe(List.of(), Map.of("CUDASIM_DRIVER", "13000")), "version=9.24.0 for CUDA 13.3");
    }

    /** The real one ends the process at its first call, and so does the stand-in. */
    @Test
    void aCudnnWithoutTheLibraryThatItOpensIsNotUsed() throws IOException {
        for (String name : List.of("libcuda.so.1", "libcublas.so.12", "libcudnn.so.9")) {
            copied(name, "usr/lib64");
        }
        contains(
                probe(List.of(), Map.of("CUDASIM_DRIVER", "12060")),
                "cuDNN (libcudnn.so.9) needs libcublasLt.so.12, which was not found: pip install nvidia-cublas-cu12",
                "libraries of CUDA 12: cuBLAS",
                "name=cuBLAS");
    }

    /** Both majors' cuDNN have one name; a file tells which it is before it is loaded. */
    @Test
    void librariesOfTwoMajorsAreNotMixed() throws IOException {
        copied("libcuda.so.1", "usr/lib64");
        String wheels = "usr/lib/python3/dist-packages/nvidia/";
        cudnn(wheels + "cudnn/lib", 13030, "libcublasLt.so.13");
        for (String name : List.of("libcublas.so.12", "libcublasLt.so.12", "libcudnn.so.9")) {
            copied(name, "usr/local/cuda-12.6/lib64");
        }
        ChildProcess child = probe(List.of(), Map.of("CUDASIM_DRIVER", "13000"));
        contains(
                child,
                "libraries of CUDA 12: cuBLAS, cuDNN; those of CUDA 13 are left alone, since they lack cuBLAS,"
                        + " cuDNN's libcublasLt.so.13, NVRTC",
                "version=9.13.0 for CUDA 12.6");
        library(wheels + "cublas/lib", "libcublas.so.13", "cublasGetProperty(int, int *to) { return *to = 0; }");
        library(wheels + "cublas/lib", "libcublasLt.so.13", "nothing() { return 0; }");
        library(wheels + "nvrtc/lib", "libnvrtc.so.13", "nvrtcVersion(int *a, int *b) { *a = 13, *b = 1; return 0; }");
        library(wheels + "nvrtc/lib", "libnvrtc-builtins.so.13.1", "nothing() { return 0; }");
        contains(
                probe(List.of(), Map.of("CUDASIM_DRIVER", "13000")),
                "libraries of CUDA 13: cuBLAS, cuDNN, NVRTC; those of CUDA 12 are left alone, since they lack NVRTC",
                "version=9.24.0 for CUDA 13.3",
                "name=NVRTC, wanted=libnvrtc.so.13");
        contains(
                probe(
                        List.of(),
                        Map.of(
                                "CUDASIM_DRIVER",
                                "13000",
                                "LSTM_GPU_CUDA",
                                root.resolve("usr/local/cuda-12.6/lib64").toString())),
                "libraries of CUDA 12: cuBLAS, cuDNN; those of CUDA 13 are left alone, since LSTM_GPU_CUDA has those of"
                        + " CUDA 12");
    }

    @Test
    void anNvrtcWithoutItsSecondFileIsNotUsed() throws IOException {
        library("usr/lib64", "libnvrtc.so.12", "nvrtcVersion(int *a, int *b) { *a = 12, *b = 6; return 0; }");
        contains(
                probe(List.of(), Map.of()),
                "NVRTC (libnvrtc.so.12) needs libnvrtc-builtins.so.12.6, which was not found: pip install");
    }

    @Test
    void doctorsVersionSaysWhereLayersInBfloat16AreMissing() throws IOException {
        for (String name : Cudasim.LIBRARIES) {
            copied(name, "usr/lib64");
        }
        contains(
                probe(List.of(), Map.of("CUDASIM_CUDNN", "90501")),
                "version=9.5.1 for CUDA 12.6 without layers in bfloat16, which need 9.13.0");
        contains(probe(List.of(), Map.of("CUDASIM_CUDNN", "91300")), "version=9.13.0 for CUDA 12.6,");
    }

    @Test
    void theLibrariesOfAJarAreUnpackedIntoTheCache() throws IOException {
        copied("libcuda.so.1", "usr/lib64");
        Path jar = root.resolve("redist.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream content = new JarOutputStream(file)) {
            for (String name : List.of("libcudnn.so.9", "libcublasLt.so.12", "libcublas.so.12")) {
                content.putNextEntry(new JarEntry("org/bytedeco/cuda/linux-x86_64/" + name));
                Files.copy(STAND_IN.resolve(name), content);
                content.closeEntry();
            }
            // cuDNN opens its parts by name, so they have to be beside it.
            content.putNextEntry(new JarEntry("org/bytedeco/cuda/linux-x86_64/libcudnn_cnn.so.9"));
            content.closeEntry();
        }
        ChildProcess child = probe(List.of(jar), Map.of("CUDASIM_DRIVER", "12060"));
        contains(child, "name=cuDNN", "name=cuBLAS", "source=the class path");
        Path unpacked = Path.of(child.out().replaceAll("(?s).*path=([^,]*libcudnn\\.so\\.9),.*", "$1"));
        assertTrue(Files.isRegularFile(unpacked.resolveSibling("libcudnn_cnn.so.9")), unpacked.toString());
    }
}
