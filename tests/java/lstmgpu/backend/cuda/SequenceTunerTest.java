package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import jcuda.driver.CUresult;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of two splits is taken, one whose sums go within clusters and one with flags only, when a GPU does not run the former. */
class SequenceTunerTest implements OnTheStandIn {
    private static final String LAUNCH = "cuLaunchCooperativeKernel";
    private static final SequenceSplit MIXED = SplitText.backward("128 16 8 4 3 4 0 2");
    private static final SequenceSplit FLAGS = SplitText.backward("128 16 8 2 0 2 1 2");
    private static final RnnSpec SPEC = new RnnSpec(
            new RnnShape(Cell.LSTM, 1, 128, 128), 3, 12, 0, 1, Precision.BF16, true, 0, RnnImplementation.SEQUENCE);

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
        SequenceRefusal refusal = assertThrows(SequenceRefusal.class, () -> fastest(LAUNCH, status, MIXED));
        assertTrue(refusal.getMessage().contains("clusters of 4"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE"), refusal.getMessage());
        assertEquals(FLAGS, fastest(LAUNCH, status, MIXED, FLAGS));
        assertEquals(FLAGS, fastest(MIXED, FLAGS), "what is kept");
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
