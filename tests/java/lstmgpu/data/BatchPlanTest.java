package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.Shuffle;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    private static final Pattern FITTING = Pattern.compile("--batch-size (\\d+) --seq-length (\\d+)");

    @Test
    void sequencesStartAtEqualDistancesAndReadOn() {
        BatchPlan plan = BatchPlan.carried("text", 101, 3, 10);
        assertEquals(new BatchSpec(10, 3, 0, 33, 10, false, 0, 0), plan.spec());
        assertEquals(3, plan.stepsPerEpoch());
        assertEquals(90, plan.stepsPerEpoch() * plan.lengthPerStep());
        assertTrue(plan.carriesState());
    }

    @Test
    void tinyshakespeareHasTheUsualNumberOfSteps() {
        assertEquals(401, BatchPlan.carried("text", 1_003_854, 50, 50).stepsPerEpoch());
    }

    @Test
    void windowsStartStepSizeApart() {
        BatchPlan plan = BatchPlan.sliding("text", 101, 4, 10, 3, 7);
        assertEquals(new BatchSpec(10, 4, 0, 3, 0, true, 31, 7), plan.spec());
        assertEquals(7, plan.stepsPerEpoch());
        assertFalse(plan.carriesState());
    }

    @Test
    void noStepReadsOutsideTheTextAndNoTokenIsPredictedTwice() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            int tokens = 2 + random.nextInt(500);
            int batch = 1 + random.nextInt(8);
            int steps = 1 + random.nextInt(20);
            int stepSize = 1 + random.nextInt(2 * steps);
            check(seed, tokens, batch, steps, 0);
            check(seed, tokens, batch, steps, stepSize);
        }
    }

    private static void check(long seed, int tokens, int batch, int steps, int stepSize) {
        String note = "seed %d: N %d B %d T %d S %d".formatted(seed, tokens, batch, steps, stepSize);
        BatchPlan plan;
        try {
            plan = stepSize == 0
                    ? BatchPlan.carried("the text", tokens, batch, steps)
                    : BatchPlan.sliding("the text", tokens, batch, steps, stepSize, seed);
        } catch (LstmGpuException failure) {
            assertSuggestionsFit(note, failure, tokens, stepSize);
            return;
        }
        BatchSpec spec = plan.spec();
        Set<Long> starts = new HashSet<>();
        for (int k = 0; k < plan.stepsPerEpoch(); k++) {
            for (int b = 0; b < batch; b++) {
                long start = spec.shuffled()
                        ? spec.sequenceStride() * Shuffle.permute((long) k * batch + b, spec.windows(), spec.seed(), 0)
                        : b * spec.sequenceStride() + k * spec.stepStride();
                assertTrue(start >= 0 && start + steps < tokens, note);
                assertTrue(starts.add(start), note);
            }
        }
        assertTrue(plan.stepsPerEpoch() >= 1, note);
    }

    private static void assertSuggestionsFit(String note, LstmGpuException failure, int tokens, int stepSize) {
        assertEquals(ExitCode.DATA, failure.exitCode(), note);
        assertTrue(failure.getMessage().startsWith("the text has %,d tokens".formatted(tokens)), failure::getMessage);
        Matcher fitting = FITTING.matcher(failure.getMessage().split("use more text")[1]);
        boolean any = false;
        while (fitting.find()) {
            any = true;
            int batch = Integer.parseInt(fitting.group(1));
            int steps = Integer.parseInt(fitting.group(2));
            if (stepSize == 0) {
                BatchPlan.carried("text", tokens, batch, steps);
            } else {
                BatchPlan.sliding("text", tokens, batch, steps, stepSize, 0);
            }
        }
        assertTrue(any, failure::getMessage);
    }

    @Test
    void theMessageNamesWhatIsNeededAndTheNumberNeededWorks() {
        LstmGpuException failure =
                assertThrows(LstmGpuException.class, () -> BatchPlan.carried("a.txt (1,000 bytes)", 1000, 50, 50));
        assertTrue(failure.getMessage().contains("a.txt (1,000 bytes)"), failure::getMessage);
        assertTrue(failure.getMessage().contains("2,501"), failure::getMessage);
        assertEquals(1, BatchPlan.carried("text", 2501, 50, 50).stepsPerEpoch());
        assertThrows(LstmGpuException.class, () -> BatchPlan.carried("text", 2500, 50, 50));
        for (long tokens = 0; tokens < 2; tokens++) {
            long few = tokens;
            assertThrows(LstmGpuException.class, () -> BatchPlan.carried("text", few, 1, 1));
            assertThrows(LstmGpuException.class, () -> BatchPlan.sliding("text", few, 1, 1, 1, 0));
        }
    }

    @Test
    void sizesBelowOneAndTooManyStepsAreRefused() {
        assertUsage(() -> BatchPlan.carried("text", 100, 0, 1));
        assertUsage(() -> BatchPlan.carried("text", 100, 1, 0));
        assertUsage(() -> BatchPlan.sliding("text", 100, 1, 1, 0, 0));
        assertThrows(LstmGpuException.class, () -> BatchPlan.carried("text", 1L << 40, 1, 1));
        assertUsage(() -> BatchPlan.carried("text", 5, Integer.MAX_VALUE, Integer.MAX_VALUE));
        assertUsage(() -> BatchPlan.sliding("text", 180_000, 70_000, 70_000, 1, 0));
    }

    private static void assertUsage(Runnable body) {
        assertEquals(
                ExitCode.USAGE, assertThrows(LstmGpuException.class, body::run).exitCode());
    }
}
