package lstmgpu.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.ProgramRun;
import lstmgpu.TestText;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The program as a person runs it through OpenCL, on drivers sound and broken: tests/faults/opencl_layer.cpp says how.
 */
@Execution(ExecutionMode.CONCURRENT)
class OpenClProgramTest {
    private static final Pattern FITTING_BATCH = Pattern.compile("--batch-size (\\d+) would fit");

    @TempDir
    static Path shared;

    private static Path layer;

    @TempDir
    Path folder;

    private Path text;
    private Path model;

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        OpenClTestBackend.requirePresent();
        boolean hasHeaders = Files.exists(Path.of("/usr/include/CL/cl_layer.h"));
        assumeTrue(hasHeaders || System.getenv("CI") != null, "faults of OpenCL: install opencl-headers");
        layer = shared.resolve("libopencl_layer.so");
        List<String> command = new ArrayList<>(List.of("g++", "-std=c++17", "-O1", "-shared", "-fPIC"));
        command.addAll(
                List.of("-DCL_TARGET_OPENCL_VERSION=300", "-o", layer.toString(), "tests/faults/opencl_layer.cpp"));
        Process compiler = new ProcessBuilder(command).inheritIO().start();
        assertEquals(0, compiler.waitFor(), "g++ compiles tests/faults/opencl_layer.cpp (Debian: g++ opencl-headers)");
    }

    @BeforeEach
    void write() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), TestText.rhyme(200));
        model = folder.resolve("model");
    }

    /** Under the layer, which writes what was never released to the file {@code left}. */
    private ProgramRun run(Map<String, String> faults, List<String> arguments)
            throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(faults);
        environment.put("OPENCL_LAYERS", layer.toString());
        environment.put("OPENCL_LEFT", folder.resolve("left").toString());
        return ProgramRun.with(environment, arguments.toArray(String[]::new));
    }

    private ProgramRun train(Map<String, String> faults, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("train", text.toString(), "-o", model.toString()));
        arguments.addAll(List.of("--preset", "tiny", "--embedding-size", "8", "--num-layers", "2", "--dropout", "0"));
        arguments.addAll(List.of("--progress", "none", "--device", "opencl"));
        List<String> given = Arrays.asList(more);
        for (List<String> flag : List.of(
                List.of("--hidden-size", "16"),
                List.of("--batch-size", "4"),
                List.of("--seq-length", "10"),
                List.of("--max-steps", "30"))) {
            if (!given.contains(flag.getFirst())) {
                arguments.addAll(flag);
            }
        }
        arguments.addAll(given);
        return run(faults, arguments);
    }

    private ProgramRun generate(String device) throws IOException, InterruptedException {
        return run(
                Map.of(),
                List.of("generate", model.toString(), "-p", "one two", "-n", "60", "--seed", "4", "--device", device));
    }

    private void requireNothingLeft() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("left"));
        assertEquals(6, lines.size(), lines.toString());
        lines.forEach(line -> assertTrue(line.endsWith(" 0"), lines.toString()));
    }

    @Test
    void trainsAndDrawsTheTokensOfTheCpu() throws IOException, InterruptedException {
        ProgramRun trained = train(Map.of(), "--rnn", "fused").succeeds();
        assertTrue(trained.err().contains("is no GPU: --device cpu is faster"), trained.err());
        requireNothingLeft();
        String written = generate("opencl").succeeds().out();
        requireNothingLeft();
        assertEquals(generate("cpu").succeeds().out(), written);
        assertTrue(written.length() >= 60, written);
    }

    @Test
    void memoryThatIsShortGivesABatchThatFits() throws IOException, InterruptedException {
        Map<String, String> small = Map.of("OPENCL_MEMORY", Long.toString(30L << 20));
        String[] large = {"--batch-size", "256", "--seq-length", "24", "--hidden-size", "64"};
        ProgramRun refused = train(small, large).fails(5, "memory");
        requireNothingLeft();
        Matcher fitting = FITTING_BATCH.matcher(refused.err());
        assertTrue(fitting.find(), refused.err());
        large[1] = fitting.group(1);
        List<String> fits = new ArrayList<>(List.of(large));
        fits.addAll(List.of("--max-steps", "2", "--overwrite"));
        train(small, fits.toArray(String[]::new)).succeeds();
    }

    /** A device that is lost after the first checkpoint: the run ends, the checkpoint stays whole and serves. */
    @ParameterizedTest
    @CsvSource({
        "clEnqueueNDRangeKernel:1200:-36,CL_INVALID_COMMAND_QUEUE",
        "clFinish:12:-14,CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"
    })
    void aLostDeviceLeavesTheLastCheckpointAlone(String fault, String name) throws IOException, InterruptedException {
        train(Map.of(), "--max-steps", "10", "--save-every", "10").succeeds();
        Map<String, byte[]> before = checkpoints();
        train(Map.of("OPENCL_FAIL", fault), "--resume", "--max-steps", "80", "--save-every", "40")
                .fails(1, name, "the device was lost", "--resume");
        Map<String, byte[]> after = checkpoints();
        before.forEach((file, bytes) -> assertTrue(Arrays.equals(bytes, after.get(file)), file));
        train(Map.of(), "--resume", "--max-steps", "80").succeeds();
    }

    private Map<String, byte[]> checkpoints() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (Stream<Path> found = Files.walk(model.resolve("checkpoints"))) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                files.put(model.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    @ParameterizedTest
    @CsvSource({
        "clGetDeviceIDs:1:-1,4,no device is there for OpenCL's",
        "clCreateContext:1:-6,4,opening the device failed",
        "clCreateCommandQueue:1:-6,4,opening the device failed",
        "clCreateBuffer:1:-61,5,allocating pinned host memory failed",
        "clBuildProgram:1:-11,1,compiling",
        "clCreateKernel:2:-46,1,finding the kernel",
        "clEnqueueWriteBuffer:1:-5,5,does not fit into the memory of",
        "clEnqueueReadBuffer:1:-30,1,copying from the device failed"
    })
    void whatADriverRefusesIsOneSentence(String fault, int code, String words)
            throws IOException, InterruptedException {
        Map<String, String> faults = new HashMap<>(Map.of("OPENCL_FAIL", fault));
        if (fault.startsWith("clBuild")) {
            faults.put("LSTM_GPU_CACHE", folder.resolve("cache").toString());
        }
        train(faults, "--max-steps", "2").fails(code, words);
        requireNothingLeft();
    }

    @Test
    void withoutAPlatformNothingIsThereAndAutoTakesTheCpu() throws IOException, InterruptedException {
        String empty = Files.createDirectories(folder.resolve("vendors")).toString();
        Map<String, String> none = Map.of("OCL_ICD_VENDORS", empty);
        train(none).fails(4, "--device opencl is not available", "OpenCL's loader knows no driver", "--device cpu");
        ProgramRun devices = run(none, List.of("devices")).succeeds();
        assertTrue(devices.out().contains("opencl     no   OpenCL's loader knows no driver"), devices.out());
    }

    @Test
    void aMachineWithoutTheLoaderIsToldWhatToInstall() {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> OpenClLibrary.load("libOpenCL-of-nobody.so.1"));
        assertEquals(ExitCode.DEVICE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("install ocl-icd-libopencl1"), refusal.getMessage());
    }

    @Test
    void devicesAndDoctorListEveryDevice() throws IOException, InterruptedException {
        String devices = run(Map.of(), List.of("devices")).succeeds().out();
        String doctor = run(Map.of(), List.of("doctor")).succeeds().out();
        List<OpenClUnit> units = OpenClUnit.all();
        for (int index = 0; index < units.size(); index++) {
            assertTrue(devices.contains("opencl:" + index), devices);
            assertTrue(devices.contains(units.get(index).name()), devices);
            assertTrue(doctor.contains("opencl:" + index), doctor);
        }
    }

    @Test
    void flagsThatAreForCudaAreRefused() throws IOException, InterruptedException {
        train(Map.of(), "--rnn", "cudnn").fails(2, "--rnn cudnn is for CUDA and the device is opencl");
        train(Map.of(), "--precision", "bf16").fails(2, "--precision bf16 is for CUDA and the CPU only");
        train(Map.of(), "--device", "opencl:97").fails(4, "opencl:97 is not there");
    }

    @Test
    void benchListsItWithItsError() throws IOException, InterruptedException {
        Path rows = folder.resolve("rows.jsonl");
        List<String> arguments = List.of(
                "bench",
                "--device",
                "opencl",
                "--shapes",
                "1x8x2x3",
                "--only",
                "train-step",
                "--seconds",
                "0.1",
                "--json",
                rows.toString());
        run(Map.of(), arguments).succeeds();
        List<String> lines = Files.readAllLines(rows);
        assertTrue(lines.stream().anyMatch(line -> line.contains("\"implementation\":\"opencl\"")), lines.toString());
        assertTrue(
                lines.stream()
                        .filter(line -> line.contains("\"what\":\"train-step\""))
                        .allMatch(line -> line.contains("\"error\":") && !line.contains("\"error\":null")),
                lines.toString());
    }
}
