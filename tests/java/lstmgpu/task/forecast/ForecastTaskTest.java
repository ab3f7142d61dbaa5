package lstmgpu.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.cuda.OnTheStandIn;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.files.JsonFiles;
import lstmgpu.network.Head;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.ValueLoss;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.Runs;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForecastTaskTest {
    private static final ValueLoss QUANTILES = new ValueLoss.Quantiles(List.of(0.1f, 0.5f, 0.9f));

    @TempDir
    private Path folder;

    private TrainingResult train(String name, Strategy strategy, ValueLoss loss, TrainingSettings settings) {
        try (Backend backend = new CpuBackend(1)) {
            return ForecastRuns.train(backend, folder.resolve(name), ForecastRuns.model(strategy), loss, settings);
        }
    }

    private List<Forecast> forecast(String name, Double... levels) {
        try (Backend backend = new CpuBackend(1)) {
            return ForecastRuns.forecast(backend, folder.resolve(name), List.of(levels));
        }
    }

    private static Backtest judged(List<Forecast> forecasts) {
        return Backtest.of(ForecastRuns.model(Strategy.DIRECT), forecasts);
    }

    @Test
    void anUntrainedNetworkForecastsTheGuesses() {
        train("none", Strategy.DIRECT, new ValueLoss.Absolute(), ForecastRuns.settings(0));
        ForecastModel model = ForecastRuns.model(Strategy.DIRECT);
        for (Forecast forecast : forecast("none")) {
            ScaledSeries scaled = new ScaledSeries(model, forecast.series());
            for (int step = 0; step < 4; step++) {
                double guess = scaled.scale().value(scaled.guess(forecast.origin(), step + 1));
                assertEquals(guess, forecast.points()[step], 1e-5);
            }
        }
    }

    @Test
    void everyLossAndStrategyLearns() {
        train("none", Strategy.DIRECT, new ValueLoss.Absolute(), ForecastRuns.settings(0));
        double before = judged(forecast("none")).errors().mase();
        for (ValueLoss loss :
                List.of(new ValueLoss.Absolute(), new ValueLoss.Squared(), new ValueLoss.Huber(1), QUANTILES)) {
            TrainingResult result = train("by " + loss, Strategy.DIRECT, loss, ForecastRuns.settings(200));
            double after = judged(forecast("by " + loss)).errors().mase();
            assertTrue(after < 0.6 * before, "%s: from %.3f to %.3f".formatted(loss, before, after));
            assertEquals(TrainingResult.Reason.COMPLETED, result.reason());
        }
        train("recursive", Strategy.RECURSIVE, new ValueLoss.Absolute(), ForecastRuns.settings(200));
        double after = judged(forecast("recursive", 0.8)).errors().mase();
        assertTrue(after < 0.6 * before, "recursive: from %.3f to %.3f".formatted(before, after));
    }

    @Test
    void goesOnAsIfItHadNeverStopped() throws IOException {
        ValueLoss loss = new ValueLoss.Absolute();
        train("whole", Strategy.DIRECT, loss, ForecastRuns.settings(41));
        train("parts", Strategy.DIRECT, loss, ForecastRuns.settings(17));
        train("parts", Strategy.DIRECT, loss, Runs.resumed(ForecastRuns.settings(41)));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("whole/model.safetensors")),
                Files.readAllBytes(folder.resolve("parts/model.safetensors")));
    }

    @Test
    void stopsWhenNothingGetsBetter() {
        TrainingSettings settings = Runs.with(ForecastRuns.settings(400), new TrainingSettings.Validation(5, 2, 10));
        TrainingResult result = train("patience", Strategy.DIRECT, new ValueLoss.Absolute(), settings);
        assertEquals(TrainingResult.Reason.PATIENCE, result.reason());
    }

    @Test
    void bandsAreWiderTheSurerTheyAreToBe() {
        train("whole", Strategy.DIRECT, new ValueLoss.Absolute(), ForecastRuns.settings(60));
        train("quantiles", Strategy.DIRECT, QUANTILES, ForecastRuns.settings(60));
        for (Forecast forecast : forecast("whole", 0.5, 0.95)) {
            Forecast.Band narrow = forecast.bands().getFirst();
            Forecast.Band wide = forecast.bands().getLast();
            for (int step = 0; step < 4; step++) {
                assertTrue(
                        wide.lower()[step] < narrow.lower()[step] && narrow.lower()[step] <= forecast.points()[step]);
                assertTrue(
                        forecast.points()[step] <= narrow.upper()[step] && narrow.upper()[step] < wide.upper()[step]);
            }
        }
        for (Forecast forecast : forecast("quantiles", 0.8)) {
            Forecast.Band band = forecast.bands().getFirst();
            for (int step = 0; step < 4; step++) {
                assertTrue(band.lower()[step] <= band.upper()[step]);
            }
        }
        LstmGpuException refusal = assertThrows(
                LstmGpuException.class,
                () -> Forecaster.requireLevels(
                        ForecastRuns.model(Strategy.DIRECT), new Head.Values(4, QUANTILES), List.of(0.5)));
        assertEquals(ExitCode.USAGE, refusal.exitCode());
    }

    @Test
    void whatLiesBesideTheWeightsIsReadAgain() throws IOException {
        train("whole", Strategy.DIRECT, new ValueLoss.Absolute(), ForecastRuns.settings(5));
        ForecastModel model = ForecastRuns.model(Strategy.DIRECT);
        ModelDirectory directory = ModelDirectory.open(folder.resolve("whole"));
        ForecastModel read = ForecastFile.read(directory);
        assertEquals(model, read);
        assertNull(read.conformal());
        assertEquals(ForecastFile.checksum(model), ForecastFile.checksum(read));
        Path file = directory.taskFile(ForecastFile.NAME);
        String text = Files.readString(file);
        for (String[] change : new String[][] {
            {"\"horizon\" : 4", "\"horizon\" : 5"}, {"\"count\" : 1", "\"count\" : 0"}, {"\"windows\"", "\"window\""}
        }) {
            Files.writeString(file, text.replace(change[0], change[1]));
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> ForecastFile.read(directory));
            assertEquals(ExitCode.DATA, refusal.exitCode());
        }
        for (ForecastModel other : List.of(
                ForecastRuns.model(Strategy.RECURSIVE),
                model.with(new Conformal(List.of(1.0), List.of(1.0), 1)),
                model.with(new Conformal(List.of(1.0, 1.0, 1.0, Double.NaN), List.of(1.0), 1)))) {
            ForecastFile.write(other, file);
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> ForecastFile.read(directory));
            assertEquals(ExitCode.DATA, refusal.exitCode());
            assertTrue(refusal.getMessage().contains("forecast.json"), refusal.getMessage());
        }
    }

    /** Whose check sum is right, so that only the ranges tell. */
    @Test
    void numbersOutOfRangeAreNamed() throws IOException {
        train("whole", Strategy.DIRECT, new ValueLoss.Absolute(), ForecastRuns.settings(5));
        ModelDirectory directory = ModelDirectory.open(folder.resolve("whole"));
        Path file = directory.taskFile(ForecastFile.NAME);
        for (String[] change : new String[][] {
            {"/frequency", "count", "4611686018427387904", "frequency.count"},
            {"/guess", "season", "65537", "guess.season"},
            {"/windows", "held_out", "2147483647", "windows.held_out"},
            {"/series/a", "scale", "null", "series.a.scale"},
            {"/series/a/scale", "scale", "null", "series.a.scale"},
            {"/series/a/scale", "spread", "0", "series.a.scale"},
            {"/series/a", "unit", "-5", "series.a.unit"},
            {"/series/a/recent", "values", "[]", "series.a.recent.values"},
            {"/series/a/recent", "values", "[null]", "series.a.recent"},
            {"/series/a/recent", "last", "4611686018427387904", "series.a.recent.last"},
            {"/columns", "known", "null", "columns"}
        }) {
            ForecastFile.write(ForecastRuns.model(Strategy.DIRECT), file);
            ObjectNode whole = JsonFiles.readSealed(file);
            ((ObjectNode) whole.at(change[0])).set(change[1], new ObjectMapper().readTree(change[2]));
            JsonFiles.writeSealed(file, whole);
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> ForecastFile.read(directory));
            assertEquals(ExitCode.DATA, refusal.exitCode());
            assertTrue(refusal.getMessage().contains(change[3]), refusal.getMessage());
            assertFalse(refusal.getMessage().contains("lstmgpu."), refusal.getMessage());
        }
    }

    @Test
    void theEndsOfTheSeriesAreKept() {
        List<Series> recent = ForecastRuns.model(Strategy.DIRECT).recent();
        for (int i = 0; i < 2; i++) {
            Series whole = ForecastRuns.table().series().get(i);
            Series end = recent.get(i);
            int from = whole.length() - end.length();
            assertEquals(whole.name(), end.name());
            for (int step = 0; step < end.length(); step++) {
                assertEquals(whole.times()[from + step], end.times()[step]);
                assertEquals(whole.values()[from + step], end.values()[step]);
            }
        }
    }

    @Test
    void aSeriesShorterThanAWindowIsNamed() {
        ForecastDesign design = new ForecastDesign(4, 60, null, null, Strategy.DIRECT, 10, 6);
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> design.of(ForecastRuns.table()));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("series 'b'"), refusal.getMessage());
        LstmGpuException range =
                assertThrows(LstmGpuException.class, () -> new ForecastDesign(0, null, null, null, null, null, 0));
        assertEquals(ExitCode.USAGE, range.exitCode());
    }

    @Test
    void everyBackendForecastsTheSame() {
        double[] expected;
        try (Backend reference = new ReferenceBackend()) {
            expected = ForecastRuns.points(reference, folder.resolve("reference"));
        }
        try (Backend cpu = new CpuBackend(2)) {
            assertArrayEquals(expected, ForecastRuns.points(cpu, folder.resolve("cpu")), 0.02);
        }
    }

    @Test
    void openClForecastsTheSame() {
        OpenClTestBackend.requirePresent();
        double[] expected;
        try (Backend cpu = new CpuBackend(1)) {
            expected = ForecastRuns.points(cpu, folder.resolve("cpu"));
        }
        try (Backend opencl = OpenClTestBackend.open()) {
            assertArrayEquals(expected, ForecastRuns.points(opencl, folder.resolve("opencl")), 0.02);
        }
    }

    /** On the stand-in for CUDA. */
    @Nested
    class Cuda implements OnTheStandIn {
        @Test
        void forecastsTheSame() {
            double[] expected;
            try (Backend cpu = new CpuBackend(1)) {
                expected = ForecastRuns.points(cpu, folder.resolve("cpu"));
            }
            try (Backend cuda = CudaTestBackend.open()) {
                assertArrayEquals(expected, ForecastRuns.points(cuda, folder.resolve("cuda")), 0.02);
            }
        }
    }

    @Test
    void networksOfOtherSizesAreNoBeginning() {
        train("whole", Strategy.DIRECT, new ValueLoss.Absolute(), ForecastRuns.settings(1));
        ForecastModel model = ForecastRuns.model(Strategy.RECURSIVE);
        ForecastTask task = ForecastRuns.task(model, new ValueLoss.Absolute());
        NetworkConfig config = ForecastRuns.config(model, new ValueLoss.Absolute());
        ModelDirectory earlier = ModelDirectory.open(folder.resolve("whole"));
        assertThrows(LstmGpuException.class, () -> task.adopt(earlier, "whole", config, config::zeros));
    }
}
