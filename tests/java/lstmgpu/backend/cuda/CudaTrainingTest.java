package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.generate.WrittenText;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.StepRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole training steps, as a graph, and generation on the stand-in. */
class CudaTrainingTest implements OnTheStandIn {
    private static final int VOCABULARY = 9;
    private static final int[] TEXT = TestText.cycle(StepRun.BATCH * StepRun.STEPS * 6 + 1, VOCABULARY);

    private static final int STEPS = 40;

    private static NetworkConfig config(Cell cell, float dropout) {
        return NetworkConfig.ofTokens(cell, VOCABULARY, 6, 12, 2, dropout, false);
    }

    static List<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        for (RnnImplementation plan : List.of(RnnImplementation.FUSED, RnnImplementation.CUDNN)) {
            for (Cell cell : Cell.values()) {
                if (plan == RnnImplementation.CUDNN && !cell.isIn(Cell.Plan.CUDNN)) {
                    continue;
                }
                runs.add(Arguments.of(plan, cell, cell == Cell.LSTM ? 0.3f : 0f));
            }
        }
        return runs;
    }

    @ParameterizedTest
    @MethodSource("runs")
    void theLossCurveIsTheReferences(RnnImplementation plan, Cell cell, float dropout) {
        StepRun expected;
        try (Backend reference = new ReferenceBackend()) {
            expected = StepRun.train(reference, config(cell, dropout), TEXT, STEPS);
        }
        try (Backend cuda = CudaTestBackend.open()) {
            StepRun.train(cuda, plan, config(cell, dropout), TEXT, STEPS).requireCurveOf(expected, STEPS, "CUDA");
        }
    }

    @Test
    void withoutCublasItIsTheSameCurveAndSaidOnce() throws IOException {
        Path folder = Files.createDirectories(Cudasim.folder().resolve("driver-alone"));
        Path driver = folder.resolve("libcuda.so.1");
        Files.deleteIfExists(driver);
        Files.createLink(driver, Cudasim.folder().resolve("libcuda.so.1")); // A process has one driver; this is it.
        StepRun expected;
        try (Backend reference = new ReferenceBackend()) {
            expected = StepRun.train(reference, config(Cell.GRU, 0), TEXT, STEPS);
        }
        long products = Cudasim.calls("cublasGemmEx");
        List<String> notices = new ArrayList<>();
        try (Backend cuda = CudaTestBackend.open(0, folder, notices::add)) {
            assertTrue(
                    cuda.device().detail().contains("no cuBLAS"), cuda.device().detail());
            StepRun.train(cuda, config(Cell.GRU, 0), TEXT, STEPS).requireCurveOf(expected, STEPS, "kernels alone");
        }
        assertEquals(products, Cudasim.calls("cublasGemmEx"));
        assertEquals(1, notices.size(), notices.toString());
        assertTrue(notices.getFirst().contains("slower than cuBLAS"), notices.getFirst());
    }

    @ParameterizedTest
    @EnumSource(names = {"FUSED", "CUDNN"})
    void everyScheduleGivesTheSameBits(RnnImplementation plan) {
        StepRun first = train(plan, 0);
        for (int seed = 1; seed < 6; seed++) {
            StepRun run = train(plan, seed);
            assertArrayEquals(first.losses(), run.losses(), "losses of schedule " + seed);
            assertArrayEquals(first.weights(), run.weights(), "weights of schedule " + seed);
        }
    }

    private static StepRun train(RnnImplementation plan, int seed) {
        Cudasim.schedule(seed);
        try (Backend cuda = CudaTestBackend.open()) {
            return StepRun.train(cuda, plan, config(Cell.LSTM, 0.3f), TEXT, 6);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FUSED", "CUDNN"})
    void aHundredStepsLeakNothing(RnnImplementation plan) {
        long allocations = Cudasim.liveAllocations();
        long objects = Cudasim.liveObjects();
        try (Backend cuda = CudaTestBackend.open()) {
            StepRun.train(cuda, plan, config(Cell.LSTM, 0.3f), TEXT, 1);
            long heldAllocations = Cudasim.liveAllocations();
            long heldObjects = Cudasim.liveObjects();
            StepRun.train(cuda, plan, config(Cell.LSTM, 0.3f), TEXT, 100);
            assertEquals(heldAllocations, Cudasim.liveAllocations(), "allocations after the steps");
            assertEquals(heldObjects, Cudasim.liveObjects(), "objects after the steps");
        }
        assertEquals(allocations, Cudasim.liveAllocations(), "allocations after the end");
        assertEquals(objects, Cudasim.liveObjects(), "objects after the end");
    }

    /** After a step was captured, running it is one launch of a graph and nothing else. */
    @ParameterizedTest
    @EnumSource(names = {"FUSED", "CUDNN"})
    void aStepIsOneGraph(RnnImplementation plan) {
        List<String> functions = List.of(
                "cuLaunchKernel", "cublasGemmEx", "cuMemAlloc_v2", "cuStreamSynchronize", "cuMemcpyHtoDAsync_v2");
        long[] few = calls(plan, functions, 10);
        long[] many = calls(plan, functions, 110);
        assertArrayEquals(few, many, "calls of " + functions + " do not grow with the number of steps");
    }

    private static long[] calls(RnnImplementation plan, List<String> functions, int steps) {
        long[] before = functions.stream().mapToLong(Cudasim::calls).toArray();
        long launches = Cudasim.calls("cuGraphLaunch");
        try (Backend cuda = CudaTestBackend.open()) {
            StepRun.train(cuda, plan, config(Cell.LSTM, 0.3f), TEXT, steps);
        }
        assertEquals(steps, Cudasim.calls("cuGraphLaunch") - launches);
        long[] after = functions.stream().mapToLong(Cudasim::calls).toArray();
        Arrays.setAll(after, i -> after[i] - before[i]);
        return after;
    }

    /** Every wait between the two queues of a training step is needed: without it some schedule goes wrong. */
    @Test
    void aMissingWaitInATrainingStepIsNoticed() {
        StepRun expected = train(RnnImplementation.FUSED, 0);
        long before = Cudasim.calls("cuStreamWaitEvent");
        train(RnnImplementation.FUSED, 0);
        int waits = (int) (Cudasim.calls("cuStreamWaitEvent") - before);
        assertTrue(waits > 0, "the weight gradients run beside");
        int noticed = 0;
        for (int wait = 1; wait <= waits; wait++) {
            noticed += noticesMissing(wait, expected) ? 1 : 0;
        }
        assertTrue(noticed > 0, "no missing wait was noticed");
    }

    private static boolean noticesMissing(int wait, StepRun expected) {
        for (int seed = 0; seed < 6; seed++) {
            Cudasim.reset();
            Cudasim.quiet();
            Cudasim.fail("cuStreamWaitEvent", wait, Cudasim.DROP);
            try {
                if (!Arrays.equals(
                        expected.weights(), train(RnnImplementation.FUSED, seed).weights())) {
                    return true;
                }
            } catch (lstmgpu.LstmGpuException refused) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @EnumSource(names = {"FUSED", "CUDNN"})
    void writesWhatTheReferenceWrites(RnnImplementation plan) {
        WrittenText expected;
        try (Backend reference = new ReferenceBackend()) {
            expected = WrittenText.by(reference, RnnImplementation.AUTO);
        }
        for (int seed = 0; seed < 3; seed++) {
            Cudasim.schedule(seed);
            try (Backend cuda = CudaTestBackend.open()) {
                WrittenText.by(cuda, plan).requireSame(expected, "schedule " + seed);
            }
        }
    }
}
