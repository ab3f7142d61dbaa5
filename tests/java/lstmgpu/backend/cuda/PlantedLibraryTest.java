package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.FakeLibrary;
import lstmgpu.backend.cuda.libraries.JCudaLibraries;
import lstmgpu.backend.cuda.libraries.Nvrtc;
import lstmgpu.backend.natives.NativeLibraries;
import lstmgpu.cli.Main;
import lstmgpu.devices.Backends;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Libraries of an attacker under every name that a loader tries in the folders that anybody may write: none of them is
 * ever run.
 */
class PlantedLibraryTest {
    /** Leaves a trace as soon as it is loaded. */
    private static final String PLANT = """
        #include <fcntl.h>
        #include <unistd.h>
        __attribute__((constructor)) static void run() { close(open("%s", O_CREAT | O_WRONLY, 0600)); }
        """;

    private static final List<String> NAMES = List.of(
            "libJCudaDriver-12.6.0-linux-x86_64.so",
            "libJCudaRuntime-12.6.0-linux-x86_64.so",
            "libJCublas2-12.6.0-linux-x86_64.so",
            "libJCudnn-12.6.0-linux-x86_64.so",
            "libJOCL_2_0_6-linux-x86_64.so",
            "liblwjgl.so",
            "libcell_math.so",
            "libgate_rows.so",
            "liblane_product.so",
            "liboptimizer_pass.so",
            "librecurrent_product.so",
            "libsoftmax_cross_entropy.so",
            "libtransposition.so",
            "libweight_gradient.so",
            "libopenblas.so.0",
            "libgfortran.so.5",
            "libquadmath.so.0",
            "libgcc_s.so.1",
            "libjlinenative.so",
            "libjnijavacpp.so",
            "libOpenCL.so",
            "libOpenCL.so.1",
            "libcuda.so",
            "libcuda.so.1",
            "libcublas.so.12",
            "libcublasLt.so.12",
            "libcudnn.so.9",
            "libnvrtc.so.12",
            "libnvrtc.so.13");

    /** Where loaders look below a folder for temporary files, and LWJGL below the current one. */
    private static final List<String> PLACES = List.of(
            "",
            "lib",
            "native",
            "lwjgl_%1$s/3.3.6+1/x64",
            "lwjgl_%1$s/3.3.6-snapshot/x64",
            ".lwjgl/3.3.6+1/x64",
            ".lwjgl/3.3.6-snapshot/x64",
            ".javacpp-%1$s/cache/openblas-0.3.31-1.5.13-linux-x86_64.jar/org/bytedeco/openblas/linux-x86_64");

    @TempDir
    Path folder;

    private Path trace;

    @BeforeEach
    void plant() throws IOException {
        trace = folder.resolve("trace");
        Path plant = folder.resolve("plant.so");
        FakeLibrary.build(plant, PLANT.formatted(trace));
        for (String below : List.of("tmp", "here", "cache", "cache/native")) {
            for (String place : PLACES) {
                Path target = folder.resolve(below).resolve(place.formatted(System.getProperty("user.name")));
                Files.createDirectories(target);
                for (String name : NAMES) {
                    Files.copy(plant, target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** Everything native that the program can load, on the stand-in for CUDA's libraries. */
    public static final class LoadsAll {
        public static void main(String[] arguments) {
            Backends.open("cpu", 1).close();
            for (String product : List.of(
                    "cell_math",
                    "gate_rows",
                    "lane_product",
                    "optimizer_pass",
                    "recurrent_product",
                    "softmax_cross_entropy",
                    "transposition",
                    "weight_gradient")) {
                NativeLibraries.load("/native/" + System.mapLibraryName(product));
            }
            CudaLibraries libraries = CudaLibraries.find();
            try (Backend _ = CudaBackend.open(0, libraries, _ -> {})) {
                JCudaLibraries.cublas();
                JCudaLibraries.cudnn();
            }
            Nvrtc.prepareLwjgl();
            org.lwjgl.system.Library.initialize();
            System.out.println("all loaded");
        }
    }

    /** What JCuda does where nobody has taken care. */
    public static final class LoadsCarelessly {
        public static void main(String[] arguments) {
            jcuda.driver.JCudaDriver.setExceptionsEnabled(false);
        }
    }

    /** Where a package that unpacks by itself would look while a command runs. */
    public static final class TellsThePlace {
        public static void main(String[] arguments) {
            PrintStream out = System.out;
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> out.println("looks in " + System.getProperty("java.io.tmpdir") + ".")));
            Main.main(new String[] {"--version"});
        }
    }

    private String run(String main, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + folder.resolve("tmp"),
                "-cp",
                absolute(System.getProperty("java.class.path")),
                main));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.resolve("here").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("LSTM_GPU_CACHE", folder.resolve("cache").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), () -> "no end: " + command);
        return process.exitValue() + " " + Files.readString(output);
    }

    private static String absolute(String classPath) {
        return Stream.of(classPath.split(":"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((one, other) -> one + ":" + other)
                .orElseThrow();
    }

    /** In folders that are named by SHA-256. */
    private List<Path> unpacked() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache/native"))) {
            return files.filter(
                            file -> file.getParent().getFileName().toString().length() == 64)
                    .filter(file -> !file.toString().endsWith(".sha256"))
                    .toList();
        }
    }

    private void assertNothingRan(String output) {
        assertTrue(Files.notExists(trace), () -> "a planted library ran: " + output);
    }

    @Test
    void aLibraryThatIsLoadedLeavesATrace() throws IOException, InterruptedException {
        String output = run(LoadsCarelessly.class.getName(), Map.of());
        assertTrue(Files.exists(trace), "the plant is none: " + output);
    }

    @Test
    void listingDevicesRunsNoneOfThem() throws IOException, InterruptedException {
        String output = run(Main.class.getName(), Map.of(), "devices");
        assertTrue(output.startsWith("0 ") && output.contains("OpenBLAS"), output);
        assertNothingRan(output);
    }

    @Test
    void loadingEverythingRunsNoneOfThem() throws IOException, InterruptedException {
        String output = run(LoadsAll.class.getName(), Cudasim.environment(Map.of()));
        assertTrue(output.startsWith("0 ") && output.contains("all loaded"), output);
        assertNothingRan(output);
    }

    /** What lies where the program itself unpacks its libraries is not believed either. */
    @Test
    void whatReplacesAnUnpackedLibraryIsWrittenAnew() throws IOException, InterruptedException {
        assertTrue(run(LoadsAll.class.getName(), Cudasim.environment(Map.of())).startsWith("0 "));
        List<Path> unpacked = unpacked();
        assertTrue(unpacked.size() >= 10, unpacked.toString());
        byte[] plant = Files.readAllBytes(folder.resolve("plant.so"));
        for (Path file : unpacked) {
            Files.write(file, plant);
        }
        String output = run(LoadsAll.class.getName(), Cudasim.environment(Map.of()));
        assertTrue(output.startsWith("0 ") && output.contains("all loaded"), output);
        assertNothingRan(output);
    }

    @Test
    void noCommandLooksForLibrariesWhereAnybodyCanWrite() throws IOException, InterruptedException {
        String output = run(TellsThePlace.class.getName(), Map.of());
        assertTrue(output.contains("looks in " + folder.resolve("cache/native") + "."), output);
    }

    @Test
    void nothingIsLoadedFromACacheThatOthersCanWrite() throws IOException, InterruptedException {
        Path cache = folder.resolve("cache");
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        String output = run(LoadsAll.class.getName(), Cudasim.environment(Map.of()));
        assertTrue(output.startsWith("1 ") && output.contains("chmod go-w " + cache), output);
        assertNothingRan(output);
        assertEquals(List.of(), unpacked());
    }
}
