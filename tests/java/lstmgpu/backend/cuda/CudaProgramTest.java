package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lstmgpu.ProgramRun;
import lstmgpu.TestText;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as a person runs it on a machine whose GPU is the stand-in, sound and broken. */
@Execution(ExecutionMode.CONCURRENT)
class CudaProgramTest {
    private static final Pattern FITTING_BATCH = Pattern.compile("--batch-size (\\d+) would fit");

    @TempDir
    Path folder;

    private Path text;
    private Path model;

    @BeforeEach
    void write() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), TestText.rhyme(200));
        model = folder.resolve("model");
    }

    private ProgramRun train(Map<String, String> environment, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("train", text.toString(), "-o", model.toString()));
        arguments.addAll(List.of("--preset", "tiny", "--hidden-size", "16", "--embedding-size", "8"));
        arguments.addAll(List.of("--num-layers", "2", "--dropout", "0", "--progress", "none", "--device", "cuda"));
        List<String> given = Arrays.asList(more);
        for (List<String> flag :
                List.of(List.of("--batch-size", "4"), List.of("--seq-length", "10"), List.of("--max-steps", "30"))) {
            if (!given.contains(flag.getFirst())) {
                arguments.addAll(flag);
            }
        }
        arguments.addAll(given);
        return ProgramRun.with(Cudasim.environment(environment), arguments.toArray(String[]::new));
    }

    private ProgramRun generate(String device) throws IOException, InterruptedException {
        return ProgramRun.with(
                Cudasim.environment(Map.of()),
                "generate",
                model.toString(),
                "-p",
                "one two",
                "--greedy",
                "-n",
                "40",
                "--device",
                device);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "cudnn"})
    void trainsAndGeneratesWithEitherPlan(String plan) throws IOException, InterruptedException {
        train(Map.of(), "--rnn", plan).succeeds();
        String written = generate("cuda").succeeds().out();
        assertEquals(generate("cpu").succeeds().out(), written);
        assertTrue(written.length() >= 40, written);
    }

    @Test
    void memoryThatIsShortGivesABatchThatFits() throws IOException, InterruptedException {
        Map<String, String> small = Map.of("CUDASIM_MEMORY", Long.toString(120L << 20));
        String[] large = {"--batch-size", "256", "--seq-length", "24", "--hidden-size", "256"};
        ProgramRun refused = train(small, large).fails(5, "memory", "cudasim");
        Matcher fitting = FITTING_BATCH.matcher(refused.err());
        assertTrue(fitting.find(), refused.err());
        large[1] = fitting.group(1);
        train(small, concat(large, "--max-steps", "2", "--overwrite")).succeeds();
    }

    private static String[] concat(String[] first, String... second) {
        String[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /**
     * An illegal address or a failed launch after the first checkpoint: the run ends, the checkpoint stays whole and
     * serves.
     */
    @ParameterizedTest
    @ValueSource(ints = {700, 719})
    void aLostContextLeavesTheLastCheckpointAlone(int code) throws IOException, InterruptedException {
        train(Map.of(), "--max-steps", "10", "--save-every", "10").succeeds();
        Map<String, byte[]> before = checkpoints();
        ProgramRun broken = train(
                Map.of("CUDASIM_FAIL", "cuGraphLaunch:8:" + code),
                "--resume",
                "--max-steps",
                "40",
                "--save-every",
                "10");
        broken.fails(1, code == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : "CUDA_ERROR_LAUNCH_FAILED", "--resume");
        Map<String, byte[]> after = checkpoints();
        before.forEach((name, bytes) -> assertTrue(Arrays.equals(bytes, after.get(name)), name));
        train(Map.of(), "--resume", "--max-steps", "40", "--save-every", "10").succeeds();
        assertTrue(checkpoints().keySet().stream().anyMatch(name -> name.contains("step-00000040")));
    }

    @Test
    void aFaultOfAKernelIsFoundByTheNextWait() throws IOException, InterruptedException {
        train(Map.of(), "--max-steps", "10", "--save-every", "10").succeeds();
        Map<String, byte[]> before = checkpoints();
        train(Map.of("CUDASIM_FAIL", "kernel:300:700"), "--resume", "--max-steps", "80", "--save-every", "10")
                .fails(1, "CUDA_ERROR_ILLEGAL_ADDRESS");
        Map<String, byte[]> after = checkpoints();
        before.forEach((name, bytes) -> assertTrue(Arrays.equals(bytes, after.get(name)), name));
        train(Map.of(), "--resume", "--max-steps", "80").succeeds();
    }

    private Map<String, byte[]> checkpoints() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (var found = Files.walk(model.resolve("checkpoints"))) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                files.put(model.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        assertFalse(files.isEmpty());
        return files;
    }

    @Test
    void aDriverThatIsTooOldIsRefused() throws IOException, InterruptedException {
        train(Map.of("CUDASIM_DRIVER", "11040")).fails(4, "driver", "11.4");
    }

    @Test
    void aMachineWithoutAGpuIsRefusedAndAutoGoesOn() throws IOException, InterruptedException {
        Map<String, String> none = Map.of("CUDASIM_DEVICES", "0");
        train(none).fails(4, "GPU");
        ProgramRun automatic =
                train(none, "--device", "auto", "--max-steps", "2").succeeds();
        assertTrue(automatic.err().contains("GPU"), automatic.err());
    }

    @Test
    void eachMissingLibraryIsNamed() throws IOException, InterruptedException {
        train(Map.of("LSTM_GPU_CUDA", without("libcuda.so.1"))).fails(4, "libcuda.so.1");
        train(Map.of("LSTM_GPU_CUDA", without("libcudnn.so.9")), "--rnn", "cudnn")
                .fails(4, "libcudnn.so.9");
        train(Map.of("LSTM_GPU_CUDA", without("libcublasLt.so.12")), "--rnn", "cudnn")
                .fails(4, "libcublasLt.so.12", "nvidia-cublas-cu12");
        ProgramRun slower = train(Map.of("LSTM_GPU_CUDA", without("libcublas.so.12")), "--rnn", "fused")
                .succeeds();
        List<String> told =
                slower.err().lines().filter(line -> line.contains("cuBLAS")).toList();
        assertEquals(1, told.size(), slower.err());
        assertTrue(told.getFirst().contains("libcublas.so.12"), told.getFirst());
        String record = Files.readString(model.resolve("run.json"));
        assertTrue(record.contains("no cuBLAS (slower products)"), record);
    }

    @Test
    void halfPrecisionIsNoPrecisionOfThisProgram() throws IOException, InterruptedException {
        train(Map.of(), "--precision", "fp16").fails(2, "fp16", "fp32, tf32, bf16");
    }

    @Test
    void aBenchmarkThatFailsKeepsWhatItMeasured() throws IOException, InterruptedException {
        String rows = folder.resolve("rows.jsonl").toString();
        String[] small = {"--shapes", "1x8x2x3", "--embedding-size", "4", "--vocab-size", "6", "--seconds", "0.01"};
        String[] chosen = {"--device", "cuda", "--rnn", "fused,cudnn", "--only", "train-step"};
        String[] flags = concat(concat(small, chosen), "--json", rows);
        Map<String, String> environment = Map.of("LSTM_GPU_CUDA", without("libcudnn.so.9"));
        ProgramRun.with(Cudasim.environment(environment), concat(new String[] {"bench"}, flags))
                .fails(4, "libcudnn.so.9");
        List<String> kept = Files.readAllLines(Path.of(rows));
        assertEquals(2, kept.size(), kept.toString());
        assertTrue(kept.getFirst().contains("\"driver\":\"CUDA 12.8\""), kept.getFirst());
        assertTrue(kept.getLast().contains("\"precision\":\"fp32\""), kept.getLast());
    }

    @Test
    void aCudnnThatDoesNotStartLeavesTheRunToTheFusedKernels() throws IOException, InterruptedException {
        Map<String, String> broken = Map.of("CUDASIM_FAIL", "cudnnCreate:1:1001");
        String[] longer = {"--seq-length", "40", "--max-steps", "2"};
        String told = train(broken, longer).succeeds().err();
        assertTrue(told.contains("cuDNN refuses, so the fused kernels compute the recurrent stack"), told);
        train(broken, concat(longer, "--overwrite", "--rnn", "cudnn")).fails(4, "CUDNN_STATUS_NOT_INITIALIZED");
    }

    /** The eighth forward pass is the first one of the second algorithm. */
    @Test
    void anAlgorithmThatCostsTheContextEndsOneRunAndNotTheNext() throws IOException, InterruptedException {
        Map<String, String> cached =
                Map.of("LSTM_GPU_CACHE", folder.resolve("cache").toString());
        Map<String, String> broken = new HashMap<>(cached);
        broken.put("CUDASIM_FAIL", "run cudnnRNNForward:8:719");
        String[] by = {"--rnn", "cudnn", "--max-steps", "2"};
        train(broken, by)
                .fails(1, "persist-static-small-h", "CUDA_ERROR_LAUNCH_FAILED", "start the same command again");
        String told =
                train(cached, concat(by, "--overwrite", "--verbose")).succeeds().err();
        assertTrue(told.contains("cuDNN computes a layer by standard"), told);
    }

    @Test
    void verboseTellsWhatCudnnChose() throws IOException, InterruptedException {
        String told = train(Map.of(), "--rnn", "cudnn", "--verbose").succeeds().err();
        assertTrue(told.contains("cuDNN computes a layer by"), told);
        String quiet =
                train(Map.of(), "--rnn", "cudnn", "--overwrite").succeeds().err();
        assertFalse(quiet.contains("cuDNN computes a layer by"), quiet);
    }

    /** A folder with all libraries of the stand-in but one. */
    private String without(String library) throws IOException {
        Path partial = folder.resolve("without-" + library);
        Files.createDirectory(partial);
        for (String other : Cudasim.LIBRARIES) {
            if (!other.equals(library)) {
                Files.copy(Cudasim.folder().resolve(other), partial.resolve(other));
            }
        }
        return partial.toString();
    }
}
