package lstmgpu.backend.cuda.sequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jcuda.driver.CUresult;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.OnTheStandIn;
import lstmgpu.backend.cuda.driver.CooperativeRefusal;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which of two splits is taken, one whose sums go within clusters and one with flags only, when a GPU does not run the
 * former.
 */
class SequenceTunerTest implements OnTheStandIn {
    private static final String LAUNCH = "cuLaunchCooperativeKernel";
    private static final SequenceSplit MIXED = SplitText.backward("128 16 8 4 3 4 0 2");
    private static final SequenceSplit FLAGS = SplitText.backward("128 16 8 2 0 2 1 2");
    private static final RnnSpec SPEC = RnnSpec.training(new RnnShape(Cell.LSTM, 1, 128, 128), 3, 12, Precision.BF16)
            .by(RnnImplementation.SEQUENCE);

    @TempDir
    Path cache;

    @BeforeEach
    void doesNotPrintWhatIsRefused() {
        Cudasim.quiet();
    }

    /** On a fresh device, of which the next call of the function fails. */
    private SequenceSplit fastest(String function, int status, SequenceSplit... splits) {
        try (CudaDevice device = CudaRig.open(0)) {
            Cudasim.fail(function, 1, status);
            return new SequenceTuner(device, cache)
                    .fastest(List.of(splits), SPEC)
                    .split();
        }
    }

    private SequenceSplit fastest(SequenceSplit... splits) {
        try (CudaDevice device = CudaRig.open(0)) {
            return new SequenceTuner(device, cache)
                    .fastest(List.of(splits), SPEC)
                    .split();
        }
    }

    @Test
    void clustersThatDoNotRunAtOnceAreLeftAside() {
        int status = CUresult.CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE;
        CooperativeRefusal refusal = assertThrows(CooperativeRefusal.class, () -> fastest(LAUNCH, status, MIXED));
        assertTrue(refusal.getMessage().contains("clusters of 4"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE"), refusal.getMessage());
        assertEquals(FLAGS, fastest(LAUNCH, status, MIXED, FLAGS));
        assertEquals(FLAGS, fastest(MIXED, FLAGS), "what is kept");
    }

    @Test
    void clustersThatThePartsOfAChipDoNotHoldAreNotLaunched() {
        // Two clusters a group and two groups: sixteen multiprocessors would do, but only three clusters lie within one
        // part each.
        Cudasim.clusters(3);
        long before = Cudasim.calls(LAUNCH);
        CooperativeRefusal refusal = assertThrows(CooperativeRefusal.class, () -> fastest(MIXED));
        assertTrue(refusal.getMessage().contains("does not run so many blocks at once"), refusal.getMessage());
        assertEquals(before, Cudasim.calls(LAUNCH), "nothing is launched to find out");
        assertEquals(FLAGS, fastest(MIXED, FLAGS));
        Cudasim.clusters(4);
        assertTrue(runs(MIXED, 2));
    }

    @Test
    void aClusterThatFitsNowhereIsNotLaunched() {
        SequenceSplit wide = SplitText.forward("128 32 8 0 4 1 2");
        SequenceSplit cluster = SplitText.backward("64 16 8 4 2 4 0 1");
        assertTrue(runs(cluster, 100), "groups that are clusters may run one after the other");
        Cudasim.clusters(0);
        assertFalse(runs(cluster, 1));
        assertTrue(runs(wide, 1), "without clusters nothing has changed");
    }

    private static boolean runs(SequenceSplit split, int groups) {
        try (CudaDevice device = CudaRig.open(0)) {
            return new SequenceKernel(device, split).runs(groups);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuFuncGetAttribute", "cuOccupancyMaxActiveClusters"})
    void aQueryThatFailsRefusesThatSplitAndNotThePlan(String query) {
        int status = CUresult.CUDA_ERROR_INVALID_VALUE;
        assertEquals(FLAGS, fastest(query, status, MIXED, FLAGS));
        assertEquals(FLAGS, fastest(MIXED, FLAGS), "what is kept");
        CooperativeRefusal refusal = assertThrows(CooperativeRefusal.class, () -> refused(query, status));
        assertTrue(refusal.getMessage().contains("CUDA_ERROR_INVALID_VALUE"), refusal.getMessage());
    }

    /** With nothing kept, of one split only. */
    private void refused(String query, int status) {
        try (CudaDevice device = CudaRig.open(0)) {
            Cudasim.fail(query, 1, status);
            new SequenceTuner(device, cache.resolve("empty")).fastest(List.of(MIXED), SPEC);
        }
    }

    @Test
    void aFailingQueryWithoutClustersRefusesThatSplitToo() {
        int status = CUresult.CUDA_ERROR_INVALID_VALUE;
        assertEquals(MIXED, fastest("cuOccupancyMaxActiveBlocksPerMultiprocessor", status, FLAGS, MIXED));
    }

    @Test
    void aQueryThatTellsOfALostContextEndsTheRun() {
        LstmGpuException lost = assertThrows(
                LstmGpuException.class,
                () -> fastest("cuFuncGetAttribute", CUresult.CUDA_ERROR_LAUNCH_FAILED, MIXED, FLAGS));
        assertTrue(lost.getMessage().contains("--resume"), lost.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuFuncGetAttribute", "cuOccupancyMaxActiveClusters"})
    void aKeptSplitWhoseQueryFailsGoesOnToTheNext(String query) {
        assertEquals(MIXED, fastest(MIXED));
        try (CudaDevice device = CudaRig.open(0)) {
            for (int time : new int[] {1, 2}) {
                Cudasim.fail(query, time, CUresult.CUDA_ERROR_INVALID_VALUE);
            }
            SequenceTuner tuner = new SequenceTuner(device, cache);
            assertEquals(FLAGS, tuner.fastest(List.of(MIXED, FLAGS), SPEC).split());
        }
    }

    @Test
    void aKeptSplitThatNothingHasAnImageOfGoesOnToTheNext(@TempDir Path folder) throws IOException {
        assertEquals(MIXED, fastest(MIXED));
        Path image = Files.createDirectories(folder.resolve("cuda")).resolveSibling(FLAGS.image());
        Files.copy(Cudasim.folder().resolve("kernels").resolve(FLAGS.image()), image);
        CudaLibraries libraries = CudaLibraries.in(Cudasim.folder());
        try (CudaDevice device = new CudaDevice(0, libraries, new KernelImages(libraries, folder))) {
            SequenceTuner tuner = new SequenceTuner(device, cache);
            assertEquals(FLAGS, tuner.fastest(List.of(MIXED, FLAGS), SPEC).split());
        }
    }

    @Test
    void aKeptChoiceThatNoLongerRunsIsMadeAnew() {
        assertEquals(MIXED, fastest(MIXED));
        assertEquals(MIXED, fastest(FLAGS, MIXED), "what is kept");
        try (CudaDevice device = CudaRig.open(0)) {
            for (int launch : new int[] {1, 2}) {
                Cudasim.fail(LAUNCH, launch, CUresult.CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
            }
            SequenceTuner tuner = new SequenceTuner(device, cache);
            assertEquals(FLAGS, tuner.fastest(List.of(MIXED, FLAGS), SPEC).split());
        }
        assertEquals(FLAGS, fastest(MIXED, FLAGS), "what is kept now");
    }

    @Test
    void withoutMemoryWhatIsKeptIsTakenUntried() {
        assertEquals(MIXED, fastest(MIXED));
        assertEquals(MIXED, fastest("cuMemAlloc_v2", CUresult.CUDA_ERROR_OUT_OF_MEMORY, FLAGS, MIXED));
    }

    @Test
    void withoutMemoryToTryThemInNoClustersAreTaken() {
        assertEquals(FLAGS, fastest("cuMemAlloc_v2", CUresult.CUDA_ERROR_OUT_OF_MEMORY, MIXED, FLAGS));
    }
}
