package lstmgpu.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.cli.CommandRun;
import lstmgpu.cli.ShownRun;
import lstmgpu.cli.progress.ProgressBar;
import lstmgpu.cli.progress.ProgressLines;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.Measures;
import lstmgpu.network.Metric;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.Runs;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingListener.Progress;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that is no language is trained, resumed, evaluated and charted by what trains languages, unchanged. */
class SineTaskTest {
    private static final int STEPS = 240;

    @TempDir
    private Path folder;

    private static TrainingSettings settings(int steps) {
        TrainingSettings settings = Runs.with(Runs.settings(steps), new TrainingSettings.Validation(30, 0, 0));
        return Runs.with(settings, new TrainingSettings.Saving(60, 3, true));
    }

    private TrainingResult train(String name, TrainingSettings settings) {
        return train(name, settings, new Runs.Observer());
    }

    private TrainingResult train(String name, TrainingSettings settings, TrainingListener listener) {
        Path path = folder.resolve(name);
        SineTask task = new SineTask();
        try (Backend backend = new CpuBackend(1);
                Trainer trainer = new Trainer(backend, SineTask.NETWORK, task, settings, listener);
                ModelDirectory directory =
                        settings.run().resume() ? ModelDirectory.open(path) : ModelDirectory.create(path, false)) {
            if (settings.run().resume()) {
                directory.lock();
            } else {
                task.save(directory, SineTask.NETWORK);
            }
            return trainer.run(directory);
        }
    }

    @Test
    void trainsEvaluatesAndIsCharted() throws IOException {
        TrainingResult result = train("whole", settings(STEPS));
        assertEquals(TrainingResult.Reason.COMPLETED, result.reason());
        assertTrue(result.bestLoss() < 0.05, "the held-out squared error is " + result.bestLoss());
        try (ModelDirectory directory = ModelDirectory.open(folder.resolve("whole"))) {
            assertEquals("sine", directory.task());
            assertEquals(SineTask.NETWORK, directory.config());
            assertEquals(result.bestLoss(), directory.weightsOrigin().validationLoss());
            List<MetricsFile.Row> rows = directory.metrics().rows();
            assertEquals(STEPS, rows.getLast().step());
        }
        assertTrue(Files.readString(folder.resolve("whole/loss.svg")).contains("squared error"));
        assertFalse(Runs.files(folder.resolve("whole/tensorboard")).isEmpty());
        assertFalse(Files.exists(folder.resolve("whole/samples.txt")));
    }

    @Test
    void goesOnAsIfItHadNeverStopped() throws IOException {
        train("whole", settings(STEPS));
        train("parts", settings(STEPS / 2));
        train("parts", Runs.resumed(settings(STEPS)));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("whole/model.safetensors")),
                Files.readAllBytes(folder.resolve("parts/model.safetensors")));
    }

    @Test
    void stopsWhenNothingGetsBetter() {
        TrainingSettings settings = Runs.with(settings(STEPS), new TrainingSettings.Validation(10, 2, 10));
        TrainingResult result = train("patience", settings);
        assertEquals(TrainingResult.Reason.PATIENCE, result.reason());
    }

    private static TrainingSettings from(Path model, int steps) {
        TrainingSettings.Run run = Runs.settings(steps).run();
        return Runs.with(
                settings(steps),
                new TrainingSettings.Run(
                        run.seed() + 1,
                        run.initialisation(),
                        run.precision(),
                        run.rnn(),
                        model.toString(),
                        false,
                        run.arguments()));
    }

    @Test
    void beginsFromAnotherModelOfItsOwn() {
        train("whole", settings(30));
        train("begun", from(folder.resolve("whole"), 0));
        try (ModelDirectory whole = ModelDirectory.open(folder.resolve("whole"));
                ModelDirectory begun = ModelDirectory.open(folder.resolve("begun"))) {
            whole.weights()
                    .forEach((name, tensor) -> assertArrayEquals(
                            tensor.values(), begun.weights().get(name).values(), name));
        }
    }

    @Test
    void anotherNetworkIsNoBeginning() {
        train("whole", settings(1));
        try (ModelDirectory whole = ModelDirectory.open(folder.resolve("whole"))) {
            refusesToBegin(new LanguageModelling(Runs.TOKENIZER, Runs.TEXT), whole, Runs.config(Cell.LSTM, 0));
            InputPart features = SineTask.NETWORK.input();
            for (NetworkConfig other : List.of(
                    new NetworkConfig(features, Cell.LSTM, 13, 1, 0, new Head.Values(1)),
                    new NetworkConfig(features, Cell.GRU, 12, 1, 0, new Head.Values(1)),
                    new NetworkConfig(features, Cell.LSTM, 12, 1, 0, new Head.SequenceClass(1)))) {
                refusesToBegin(new SineTask(), whole, other);
            }
        }
    }

    private static void refusesToBegin(Task task, ModelDirectory model, NetworkConfig config) {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> task.adopt(model, "whole", config, config::zeros));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("values of every step: 1"), refusal.getMessage());
    }

    @Test
    void isComparedInItsOwnUnit() throws IOException {
        train("one", settings(60));
        train("two", settings(90));
        Path chart = folder.resolve("chart.svg");
        String one = folder.resolve("one").toString();
        String two = folder.resolve("two").toString();
        CommandRun run =
                CommandRun.of("compare", one, two, "--chart", chart.toString()).succeeds();
        assertTrue(run.out().contains("held-out loss") && run.out().contains(two), run.out());
        assertTrue(run.out().contains(" values/s") && !run.out().contains("token"), run.out());
        assertTrue(Files.readString(chart).contains("squared error"));
    }

    @Test
    void commandsForTextsRefuseIt() {
        train("one", settings(30));
        String one = folder.resolve("one").toString();
        for (String command : List.of("generate", "inspect")) {
            CommandRun.of(command, one).refuses(ExitCode.DATA.code(), one, "'sine'", "writes no text");
        }
        CommandRun.of("score", one, "pom.xml").refuses(ExitCode.DATA.code(), one, "'sine'", "writes no text");
        new NetworkConfig(new InputPart.Tokens(9, 4), Cell.LSTM, 8, 1, 0, new Head.SequenceClass(3))
                .write(folder.resolve("one/config.json"), "moods");
        CommandRun.of("generate", one).refuses(ExitCode.DATA.code(), one, "'moods'", "writes no text");
        CommandRun.knowing(SineTask.KIND, "eval", one, "pom.xml")
                .refuses(ExitCode.DATA.code(), one, "'moods'", "does not know", "'language-model' or 'sine'");
    }

    @Test
    void anUnknownTaskIsNotEvaluated() {
        train("one", settings(0));
        String one = folder.resolve("one").toString();
        CommandRun.of("eval", one, "pom.xml")
                .refuses(ExitCode.DATA.code(), one, "'sine'", "does not know", "'language-model'");
    }

    /** The held-out part of the wave, a value a line. */
    private Path heldOut(int values) throws IOException {
        return Files.write(
                folder.resolve("wave.txt"),
                IntStream.range(601, 601 + values)
                        .mapToObj(i -> Float.toString((float) Math.sin(i * 0.37)))
                        .toList());
    }

    private CommandRun eval(String model, Path inputs, String... flags) {
        List<String> arguments = new ArrayList<>(
                List.of("eval", folder.resolve(model).toString(), inputs.toString(), "--device", "cpu"));
        arguments.addAll(List.of(flags));
        return CommandRun.knowing(SineTask.KIND, arguments.toArray(String[]::new))
                .succeeds();
    }

    @Test
    void isEvaluatedInItsOwnMetrics() throws IOException {
        TrainingResult result = train("whole", settings(STEPS));
        CommandRun run = eval("whole", heldOut(101), "--json");
        assertEquals("read 101 values\n", run.err());
        JsonNode measured = new ObjectMapper().readTree(run.out());
        List<String> keys = new ArrayList<>();
        measured.fieldNames().forEachRemaining(keys::add);
        List<String> own = List.of("loss", "root_mean_square_error", "mean_absolute_error", "within_a_tenth");
        assertEquals(own, keys.subList(0, own.size()));
        assertEquals(List.of("values", "values_per_second"), keys.subList(own.size(), keys.size()));
        double loss = measured.get("loss").asDouble();
        double absolute = measured.get("mean_absolute_error").asDouble();
        assertEquals(result.bestLoss(), loss, 1e-9);
        assertEquals(Math.sqrt(loss), measured.get("root_mean_square_error").asDouble(), 1e-12);
        assertTrue(absolute > 0 && absolute <= Math.sqrt(loss), measured.toString());
        assertEquals(100, measured.get("values").asInt());
        double share = measured.get("within_a_tenth").asDouble();
        assertEquals(
                """
                loss                    %.6f squared error
                root mean square error  %.5f
                mean absolute error     %.4f V
                within a tenth          %.1f %%
                values                  100
                values/s                200
                """.formatted(loss, Math.sqrt(loss), absolute, 100 * share),
                eval("whole", heldOut(101)).out());
    }

    /** Each metric says which values are better, and training has to agree. */
    @Test
    void trainingMakesEveryMetricBetter() throws IOException {
        train("none", settings(0));
        train("whole", settings(STEPS));
        JsonNode before =
                new ObjectMapper().readTree(eval("none", heldOut(101), "--json").out());
        JsonNode after = new ObjectMapper()
                .readTree(eval("whole", heldOut(101), "--json").out());
        for (Metric metric : SineTask.MEASURES.metrics()) {
            double gain = after.get(metric.key()).asDouble()
                    - before.get(metric.key()).asDouble();
            assertTrue(metric.better() == Metric.Better.HIGHER ? gain > 0 : gain < 0, metric.name() + " by " + gain);
        }
    }

    /** In no way in which a run is shown, and in no file that it writes. */
    @Test
    void whatLanguagesAreMeasuredByDoesNotAppear() throws IOException {
        for (ProgressView.Style style :
                List.of(ProgressView.Style.BAR, ProgressView.Style.PLAIN, ProgressView.Style.JSON)) {
            String name = style.name();
            try (ShownRun run = new ShownRun(style, SineTask.MEASURES)) {
                train(name, settings(90), run.view());
                String metric = style == ProgressView.Style.JSON ? "root_mean_square_error" : "root mean square";
                for (String word : List.of(metric, "values")) {
                    assertTrue(run.text().contains(word), run.text());
                }
                requireNoWordOfLanguages(run.text(), "perplexity", "accuracy", "token", "nats");
            }
            try (Stream<Path> files = Files.walk(folder.resolve(name))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                    requireNoWordOfLanguages(text, "perplexity", "accuracy", "nats");
                    if (file.endsWith("state.json") || file.endsWith("loss.svg")) {
                        requireNoWordOfLanguages(text, "token");
                    }
                }
            }
        }
        String one = folder.resolve("BAR").toString();
        String two = folder.resolve("JSON").toString();
        for (CommandRun run : List.of(
                CommandRun.of("compare", one, two),
                CommandRun.of("compare", one, two, "--json"),
                eval("BAR", heldOut(50)),
                eval("BAR", heldOut(50), "--json"))) {
            requireNoWordOfLanguages(run.out() + run.err(), "perplexity", "accuracy", "nats");
        }
    }

    private static void requireNoWordOfLanguages(String text, String... words) {
        for (String word : words) {
            assertFalse(text.contains(word), () -> word + " is in: " + text);
        }
    }

    @Test
    void aLineTellsItsOwnMetricAndUnit() {
        Progress progress = new Progress(1200, 2400, 0.5, 4.5, 0.0025, 1e-3f, 21_345, 252);
        assertEquals(
                "step 1,200/2,400  epoch 4.50  loss 0.002500  root mean square error 0.0500  21.3k values/s  4m12s"
                        + " left",
                ProgressLines.line(progress, SineTask.MEASURES));
        assertTrue(ProgressBar.line(progress, SineTask.MEASURES, 200)
                .contains("  loss 0.00250  root mean square error 0.0500  21.3k values/s  4m12s left"));
        Measures loss = new Measures("value", "squared error", 6, List.of());
        assertEquals(
                "step 1,200/2,400  epoch 4.50  loss 0.002500  21.3k values/s  4m12s left",
                ProgressLines.line(progress, loss));
    }

    @Test
    void runsOfOtherTasksAreToldApart() throws IOException {
        train("one", settings(30));
        Path text = Files.createDirectory(folder.resolve("text"));
        try (Backend backend = new CpuBackend(1)) {
            Runs.train(
                    backend,
                    text.resolve("two"),
                    Runs.config(Cell.LSTM, 0),
                    Runs.TEXT,
                    settings(30),
                    new Runs.Observer());
        }
        String out = CommandRun.knowing(
                        SineTask.KIND,
                        "compare",
                        folder.resolve("one").toString(),
                        text.resolve("two").toString())
                .succeeds()
                .out();
        assertTrue(out.startsWith("These runs were trained on different data;"), out);
        assertTrue(out.contains("601 values to train, 101 held out\n"), out);
        assertTrue(out.contains(" tokens to train") && out.contains(" kinds\n"), out);
    }
}
