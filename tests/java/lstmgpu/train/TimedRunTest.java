package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose time is given and not their steps. */
class TimedRunTest {
    private static final double SECONDS = 3;
    private static final float RATE = 0.01f;
    private static final RateSettings COSINE = new RateSettings(Schedule.Kind.COSINE, 0, 0.5f, 0);

    private final Backend backend = new CpuBackend(1);
    private final Runs.Observer observer = new Runs.Observer();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        backend.close();
    }

    private static TrainingSettings settings(int maxSteps, double seconds) {
        TrainingSettings settings = Runs.with(Runs.settings(maxSteps), COSINE);
        return Runs.with(
                settings, new TrainingSettings.Loop(4, 10, 0, 0, TrainingSettings.UNLIMITED, maxSteps, seconds));
    }

    private TrainingResult train(String name, TrainingSettings settings, int stopAfter) {
        return Runs.train(
                backend, folder.resolve(name), Runs.config(Cell.LSTM, 0), Runs.TEXT, settings, observer, stopAfter);
    }

    private List<MetricsFile.Row> rows(String name) {
        try (ModelDirectory directory = ModelDirectory.open(folder.resolve(name))) {
            return directory.metrics().rows();
        }
    }

    @Test
    void theRateComesDownOverTheTimeAndProgressCountsIt() {
        TrainingResult result = train("run", settings(TrainingSettings.UNLIMITED, SECONDS), Integer.MAX_VALUE);
        assertEquals(TrainingResult.Reason.TIME, result.reason());
        assertTrue(observer.progress.getLast().done() > 0.9, "the last share");
        double before = 0;
        int low = 0;
        for (TrainingListener.Progress report : observer.progress) {
            String at = " between the shares %s and %s".formatted(before, report.done());
            double rate = report.learningRate();
            // The rates were written at the report before, however long ago that was.
            assertTrue(rate < cosine(before) + 0.1 * RATE, rate + at);
            low += rate < cosine(report.done()) - 0.1 * RATE ? 1 : 0;
            assertEquals(SECONDS * (1 - report.done()), report.secondsLeft(), 0.5, "seconds left" + at);
            before = report.done();
        }
        // While the first steps are still slow, too few of them are expected until the next look.
        assertTrue(low <= 2 + observer.progress.size() / 4, low + " of " + observer.progress.size());
    }

    private static double cosine(double share) {
        return RATE * (1 + Math.cos(Math.PI * share)) / 2;
    }

    @Test
    void aRunThatGoesOnHasTheTimeThatIsLeft() {
        TrainingSettings settings = settings(TrainingSettings.UNLIMITED, SECONDS);
        TrainingResult stopped = train("run", settings, 5);
        assertEquals(TrainingResult.Reason.STOP_REQUESTED, stopped.reason());
        int reports = observer.progress.size();
        TrainingResult whole = train("run", Runs.resumed(settings), Integer.MAX_VALUE);
        assertEquals(TrainingResult.Reason.TIME, whole.reason());
        double before = observer.progress.get(reports - 1).done();
        double after = observer.progress.get(reports).done();
        assertTrue(after >= before, "it went on at %f after %f".formatted(after, before));
        TrainingResult over = train("run", Runs.resumed(settings), Integer.MAX_VALUE);
        assertEquals(whole.steps(), over.steps(), "there is no time left");
    }

    @Test
    void aLimitBesideTheLastStepChangesNoBit() {
        train("free", settings(40, 0), Integer.MAX_VALUE);
        train("limited", settings(40, 1000), Integer.MAX_VALUE);
        String weights = "model.safetensors";
        assertTrue(Runs.sameBytes(
                folder.resolve("free").resolve(weights),
                folder.resolve("limited").resolve(weights)));
        MetricsFile.Row half = rows("limited").stream()
                .filter(row -> row.step() == 20)
                .findFirst()
                .orElseThrow();
        assertEquals(0.5 * RATE, half.learningRate(), 0.05 * RATE, "at half of the steps");
    }
}
