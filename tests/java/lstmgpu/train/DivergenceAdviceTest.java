package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.WeightsOrigin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rate that the last sentence of a diverged run names is one with which the run can go well. */
class DivergenceAdviceTest {
    @TempDir
    Path folder;

    private ModelDirectory directory;

    @BeforeEach
    void makeADirectory() {
        directory = ModelDirectory.create(folder.resolve("model"), false);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private String advice(TrainingSettings settings, int tries, float rate) {
        return advice(7, settings, tries, rate);
    }

    private String advice(int step, TrainingSettings settings, int tries, float rate) {
        Divergence divergence = new Divergence(step, "the training loss is NaN at step " + step);
        LstmGpuException end = new DivergenceAdvice(directory, settings).givenUp(divergence, tries, rate);
        assertEquals(ExitCode.DIVERGED, end.exitCode());
        return end.getMessage();
    }

    private static TrainingSettings settings(OptimizerSpec.Kind optimizer, float rate, float clip) {
        return Runs.with(Runs.settings(60), new OptimiserSettings(optimizer, rate, 0, 0, List.of(), clip));
    }

    /** A quarter of the last rate where that is low enough, and a usual one however far beyond it the run was. */
    @ParameterizedTest
    @CsvSource({
        "ADAM, 1e9, 0.002",
        "ADAMW, 0.5, 0.002",
        "RMSPROP, 0.5, 0.002",
        "ADAGRAD, 1e9, 0.01",
        "SGD, 1e9, 0.1",
        "SGD, 0.2, 0.05",
        "ADAM, 0.004, 0.001"
    })
    void theRateIsAUsualOneAtMost(OptimizerSpec.Kind optimizer, float rate, float named) {
        assertEquals(
                "the training loss is NaN at step 7, so training diverged; no model was written; start again with a"
                        + " lower rate such as --lr " + named + ", or with --grad-clip 1",
                advice(settings(optimizer, rate, 0), 0, rate));
    }

    @Test
    void triesAndWhatIsKeptAreTold() {
        directory.saveWeights(Map.of("w", new Tensor(List.of(1), new float[1])), new WeightsOrigin(5, 1.5));
        assertEquals(
                "the training loss is NaN at step 7, so training diverged again, after a try with half the learning"
                        + " rate; " + directory.weightsFile() + " keeps the best model; start again with a lower"
                        + " rate such as --lr 0.001, or with --warmup-steps 200",
                advice(settings(OptimizerSpec.Kind.ADAM, 0.008f, 1), 1, 0.004f));
        String last = advice(settings(OptimizerSpec.Kind.ADAM, 0.008f, 1), 3, 0.001f);
        assertTrue(last.contains("after 3 tries with half the learning rate each; "), last);
    }

    @Test
    void whatExplodesLateWasWarm() {
        String late = advice(101, settings(OptimizerSpec.Kind.ADAM, 0.008f, 1), 1, 0.004f);
        assertTrue(late.endsWith("such as --lr 0.001, or a smaller --grad-clip"), late);
        TrainingSettings warmed = Runs.with(
                settings(OptimizerSpec.Kind.ADAM, 0.008f, 1), new RateSettings(Schedule.Kind.COSINE, 50, 0.5f, 0));
        String again = advice(100, warmed, 1, 0.004f);
        assertTrue(again.endsWith("such as --lr 0.001, or a smaller --grad-clip"), again);
    }

    @Test
    void aRunThatWentOnGoesOnAgain() {
        TrainingSettings resumed = Runs.resumed(settings(OptimizerSpec.Kind.ADAM, 0.5f, 1));
        String told = advice(resumed, 0, 0.5f);
        assertTrue(told.contains("; go on with --resume with a lower rate such as --lr 0.002, or a smaller"), told);
    }
}
