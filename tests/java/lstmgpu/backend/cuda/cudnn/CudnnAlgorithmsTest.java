package lstmgpu.backend.cuda.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cuda.Cudasim;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which algorithm of cuDNN is taken, and that whatever goes wrong with one refuses no more than that one. */
class CudnnAlgorithmsTest {
    private static CudnnLayerSpec layer(Precision precision, int batch, int inputs, int hidden) {
        return new CudnnLayerSpec(Cell.LSTM, 3, batch, inputs, hidden, precision, true);
    }

    /** Of a trial: one whose numbers are compared, one to warm up, five that are timed. */
    private static final long PASSES = 7;

    private static final int INTERNAL_ERROR = 4000;
    private static final int EXECUTION_FAILED = 5000;
    private static final int SUBLIBRARY_MISMATCH = 1002;

    @TempDir
    Path folder;

    private CudnnRig rig;
    private CudnnHandle cudnn;

    @BeforeEach
    void open() {
        rig = new CudnnRig();
        cudnn = new CudnnHandle(rig.device.context(), rig.device.queues());
    }

    @AfterEach
    void close() {
        cudnn.close();
        rig.close();
        Cudasim.reset();
    }

    /** Of a process that begins now. */
    private CudnnAlgorithms algorithms() {
        return new CudnnAlgorithms(rig.device, cudnn, folder, rig.notices::add);
    }

    /** Small enough for one algorithm, and for two. */
    private static final CudnnLayerSpec ONE = layer(Precision.FP32, 8, 5, 130);

    private static final CudnnLayerSpec TWO = layer(Precision.FP32, 8, 5, 7);

    @Test
    void everyAlgorithmThatMayDoIsTriedOnce() {
        CudnnAlgorithms algorithms = algorithms();
        assertEquals(PASSES, trials(algorithms, ONE), "standard");
        assertEquals(2 * PASSES, trials(algorithms, TWO), "small H too");
        assertEquals(3 * PASSES, trials(algorithms, layer(Precision.BF16, 8, 128, 128)), "static too");
        assertEquals(0, trials(algorithms, TWO), "known");
        assertEquals(CudnnAlgorithm.STANDARD, algorithms.fastest(ONE));
    }

    @ParameterizedTest
    @CsvSource({
        "LSTM, BF16, 8, 128, 1024, true, true, false",
        "LSTM, BF16, 128, 128, 128, true, true, true",
        "LSTM, FP32, 8, 128, 256, true, false, false",
        "LSTM, TF32, 8, 128, 256, true, false, false",
        "LSTM, BF16, 8, 128, 1152, true, false, false",
        "LSTM, BF16, 8, 64, 256, true, false, false",
        "LSTM, BF16, 8, 128, 192, true, false, false",
        "LSTM, BF16, 9, 128, 256, true, false, false",
        "LSTM, BF16, 136, 128, 256, true, false, false",
        "GRU, FP32, 3, 5, 192, false, false, true",
        "GRU, FP32, 3, 5, 193, false, false, false",
        "GRU, FP32, 3, 5, 128, true, false, true",
        "GRU, FP32, 3, 5, 129, true, false, false",
        "RNN_TANH, FP32, 3, 5, 256, true, false, true",
        "RNN_TANH, FP32, 3, 5, 257, true, false, false",
        "RNN_RELU, FP32, 3, 5, 384, false, false, true",
        "RNN_RELU, FP32, 3, 5, 385, false, false, false"
    })
    void persistentAlgorithmsAreTriedWherePyTorchTakesThem(
            Cell cell,
            Precision precision,
            int batch,
            int inputs,
            int hidden,
            boolean training,
            boolean large,
            boolean small) {
        CudnnLayerSpec spec = new CudnnLayerSpec(cell, 3, batch, inputs, hidden, precision, training);
        assertEquals(large, CudnnAlgorithm.PERSIST_STATIC.isFor(spec));
        assertEquals(small, CudnnAlgorithm.PERSIST_STATIC_SMALL_H.isFor(spec));
        assertEquals(CudnnAlgorithm.STANDARD, algorithms().candidates(spec).getFirst());
    }

    @Test
    void whatWasChosenIsKept() throws IOException {
        CudnnAlgorithm chosen = algorithms().fastest(TWO);
        Path kept = onlyFile();
        assertEquals(chosen.toString(), Files.readString(kept).strip());
        CudnnAlgorithm other =
                chosen == CudnnAlgorithm.STANDARD ? CudnnAlgorithm.PERSIST_STATIC_SMALL_H : CudnnAlgorithm.STANDARD;
        Files.writeString(kept, other + "\n");
        assertEquals(other, algorithms().fastest(TWO), "what is kept is taken");
        assertEquals(1, trials(algorithms(), TWO), "one pass loads what cuDNN loads");
        assertEquals(2 * PASSES, trials(algorithms(), layer(Precision.TF32, 8, 5, 7)), "another layer");
        Files.writeString(kept, CudnnAlgorithm.PERSIST_STATIC + "\n");
        assertEquals(2 * PASSES, trials(algorithms(), TWO), "one that is not for float32");
        Files.writeString(kept, "no algorithm");
        assertEquals(2 * PASSES, trials(algorithms(), TWO), "a file that says nothing");
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findFirst().orElseThrow();
        }
    }

    /** Of both algorithms of a layer the second one fails, in any of its calls and with any status. */
    static List<Arguments> failures() {
        List<Arguments> failures = new ArrayList<>();
        for (int status : List.of(2000, 3000, INTERNAL_ERROR, 4003, EXECUTION_FAILED, 6000)) {
            for (String function : List.of(
                    "cudnnSetRNNDescriptor_v8",
                    "cudnnGetRNNTempSpaceSizes",
                    "cudnnGetRNNWeightSpaceSize",
                    "cudnnRNNForward",
                    "cudnnRNNBackwardData_v8",
                    "cudnnRNNBackwardWeights_v8")) {
                failures.add(Arguments.of(function, status));
            }
        }
        return failures;
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aStatusRefusesTheAlgorithmAndNothingElse(String function, int status) {
        assertEquals(CudnnAlgorithm.STANDARD, algorithms().fastest(ONE));
        Cudasim.fail(function, 1, status);
        assertThrows(CudnnRefusal.class, () -> algorithms().fastest(layer(Precision.FP32, 8, 5, 131)));
        long before = Cudasim.calls(function);
        algorithms().fastest(layer(Precision.TF32, 8, 5, 130));
        int calls = (int) (Cudasim.calls(function) - before);
        Cudasim.fail(function, calls + 1, status);
        assertEquals(CudnnAlgorithm.STANDARD, algorithms().fastest(TWO), "the second is refused");
        assertTrue(trials(algorithms(), TWO) > 0, "the device goes on");
    }

    /** Any wait of the trials, those of the fused kernels beside which cuDNN is held too. */
    @Test
    void anErrorOfAWaitRefusesAsLongAsTheContextLives() throws IOException {
        long before = Cudasim.calls("cuStreamSynchronize");
        algorithms().fastest(TWO);
        int waits = (int) (Cudasim.calls("cuStreamSynchronize") - before);
        int refused = 0;
        for (int wait = 1; wait <= waits; wait++) {
            Files.delete(onlyFile());
            Cudasim.fail("cuStreamSynchronize", wait, CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
            try {
                algorithms().fastest(TWO);
            } catch (CudnnRefusal refusal) {
                assertTrue(refusal.getMessage().contains("CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"), refusal.getMessage());
                refused++;
                algorithms().fastest(TWO);
            }
        }
        assertTrue(refused > 0 && refused < waits, refused + " of " + waits);
    }

    @Test
    void anAlgorithmThatCostsTheContextIsNamedAndLeftOutByTheNextStart() throws IOException {
        Cudasim.quiet();
        Cudasim.fail("run cudnnRNNForward", (int) PASSES + 1, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
        LstmGpuException lost =
                assertThrows(LstmGpuException.class, () -> algorithms().fastest(TWO));
        assertTrue(
                lost.getMessage().startsWith("cuDNN's algorithm persist-static-small-h cost the GPU's context when"),
                lost.getMessage());
        assertTrue(lost.getMessage().contains("start the same command again"), lost.getMessage());
        assertEquals(1, lost.getMessage().lines().count());
        assertEquals("not persist-static-small-h", Files.readString(onlyFile()).strip());
        close();
        open();
        assertEquals(PASSES, trials(algorithms(), TWO), "standard only");
        assertEquals(List.of("standard", "not persist-static-small-h"), Files.readAllLines(onlyFile()));
        assertEquals(1, trials(algorithms(), TWO), "kept");
    }

    @Test
    void theLibraryIsRefusedAsAWholeByAStatusOfItsOwn() {
        Cudasim.fail("cudnnRNNForward", 1, SUBLIBRARY_MISMATCH);
        CudnnRefusal refusal =
                assertThrows(CudnnRefusal.class, () -> algorithms().fastest(TWO));
        assertEquals(CudnnRefusal.Extent.LIBRARY, refusal.extent());
    }

    @Test
    void anAlgorithmWhoseNumbersAreOffIsRefusedAndNamed() {
        Cudasim.fail("cudnnRNNBackwardWeights_v8", 1, Cudasim.DROP);
        assertEquals(CudnnAlgorithm.PERSIST_STATIC_SMALL_H, algorithms().fastest(TWO));
        assertEquals(1, rig.notices.size(), rig.notices.toString());
        assertTrue(
                rig.notices.getFirst().startsWith("cuDNN's algorithm standard is not used for LSTM I 5 H 7 B 8 T 3"),
                rig.notices.getFirst());
    }

    @Test
    void everyCellAndPrecisionIsCloseToTheFusedKernels() {
        for (Cell cell : Stream.of(Cell.values())
                .filter(one -> one.isIn(Cell.Plan.CUDNN))
                .toList()) {
            for (Precision precision : Precision.values()) {
                for (boolean training : new boolean[] {true, false}) {
                    algorithms().fastest(new CudnnLayerSpec(cell, 40, 8, 128, 128, precision, training));
                }
            }
        }
        assertEquals(List.of(), rig.notices);
    }

    @Test
    void bfloat16NeedsAVersionThatHasIt() {
        CudnnLayerSpec narrow = layer(Precision.BF16, 8, 128, 128);
        Cudasim.cudnnVersion(90501);
        CudnnRefusal refusal =
                assertThrows(CudnnRefusal.class, () -> algorithms().fastest(narrow));
        assertEquals(CudnnRefusal.Extent.PRECISION, refusal.extent());
        assertEquals("cuDNN 9.5.1 has no layers in bfloat16, which came with cuDNN 9.13.0", refusal.getMessage());
        assertEquals(CudnnAlgorithm.STANDARD, algorithms().fastest(ONE), "float32 it has");
        Cudasim.cudnnVersion(91300);
        algorithms().fastest(narrow);
    }

    private static long trials(CudnnAlgorithms algorithms, CudnnLayerSpec layer) {
        long before = Cudasim.calls("cudnnRNNForward");
        algorithms.fastest(layer);
        return Cudasim.calls("cudnnRNNForward") - before;
    }

    @Test
    void aLaterAlgorithmHasToBeClearlyFaster() {
        assertEquals(
                CudnnAlgorithm.STANDARD,
                CudnnAlgorithms.choose(Map.of(CudnnAlgorithm.STANDARD, 1.0, CudnnAlgorithm.PERSIST_STATIC, 0.95)));
        assertEquals(
                CudnnAlgorithm.PERSIST_STATIC,
                CudnnAlgorithms.choose(Map.of(CudnnAlgorithm.STANDARD, 1.0, CudnnAlgorithm.PERSIST_STATIC, 0.5)));
    }
}
