package lstmgpu.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
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
import lstmgpu.train.Runs;
import lstmgpu.train.TrainingListener.Progress;
import lstmgpu.train.TrainingResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of a task that is no language, by commands and while it trains, is in its own metrics and unit. */
class SineShownTest {
    @TempDir
    private Path folder;

    private SineRuns runs;

    @BeforeEach
    void openFolder() {
        runs = new SineRuns(folder);
    }

    @Test
    void isComparedInItsOwnUnit() throws IOException {
        runs.train("one", SineRuns.settings(60));
        runs.train("two", SineRuns.settings(90));
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
        runs.train("one", SineRuns.settings(30));
        String one = folder.resolve("one").toString();
        CommandRun.of("generate", one).refuses(ExitCode.DATA.code(), one, "'sine'", "predicts no tokens");
        for (String gradients : List.of("--gradients", "--layer=0")) {
            CommandRun.of("inspect", one, "--text", "abc", gradients)
                    .refuses(ExitCode.DATA.code(), one, "'sine'", "predicts no tokens");
        }
        CommandRun.of("score", one, "pom.xml").refuses(ExitCode.DATA.code(), one, "'sine'", "predicts no tokens");
        new NetworkConfig(new InputPart.Tokens(9, 4), Cell.LSTM, 8, 1, 0, new Head.SequenceClass(3))
                .write(folder.resolve("one/config.json"), "moods");
        CommandRun.of("generate", one).refuses(ExitCode.DATA.code(), one, "'moods'", "predicts no tokens");
        CommandRun.knowing(SineTask.KIND, "eval", one, "pom.xml")
                .refuses(ExitCode.DATA.code(), one, "'moods'", "does not know", "'language-model' or '", "or 'sine'");
    }

    /** Its configuration, tensors and history are those of any network. */
    @Test
    void isInspected() throws IOException {
        runs.train("one", SineRuns.settings(30));
        String one = folder.resolve("one").toString();
        String shown = CommandRun.of("inspect", one).succeeds().out();
        for (String part :
                List.of("task            sine", "1 features", "rnn.weight_ih_l0", "held-out loss", "values/s")) {
            assertTrue(shown.contains(part), shown);
        }
        requireNoWordOfLanguages(shown, "token", "perplexity");
        JsonNode json = new ObjectMapper()
                .readTree(CommandRun.of("inspect", one, "--json").succeeds().out());
        assertEquals("sine", json.get("task").asText());
        assertEquals(1, json.get("features").asInt());
        assertFalse(json.has("vocabulary") || json.get("history").isEmpty(), json.toString());
    }

    /** What it reads and predicts is all that an ONNX file has to know. */
    @Test
    void isExported() {
        runs.train("one", SineRuns.settings(30));
        Path file = folder.resolve("one.onnx");
        String shown = CommandRun.of("export", folder.resolve("one").toString(), "--onnx", file.toString())
                .succeeds()
                .out();
        assertTrue(Files.exists(file) && shown.contains("computes the same") && !shown.contains("beside"), shown);
    }

    @Test
    void anUnknownTaskIsNotEvaluated() {
        runs.train("one", SineRuns.settings(0));
        String one = folder.resolve("one").toString();
        CommandRun.of("eval", one, "pom.xml")
                .refuses(ExitCode.DATA.code(), one, "'sine'", "does not know", "'language-model'");
    }

    @Test
    void isEvaluatedInItsOwnMetrics() throws IOException {
        TrainingResult result = runs.train("whole", SineRuns.settings(SineRuns.STEPS));
        CommandRun run = runs.eval("whole", runs.heldOut(101), "--json");
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
                runs.eval("whole", runs.heldOut(101)).out());
    }

    /** Each metric says which values are better, and training has to agree. */
    @Test
    void trainingMakesEveryMetricBetter() throws IOException {
        runs.train("none", SineRuns.settings(0));
        runs.train("whole", SineRuns.settings(SineRuns.STEPS));
        JsonNode before = new ObjectMapper()
                .readTree(runs.eval("none", runs.heldOut(101), "--json").out());
        JsonNode after = new ObjectMapper()
                .readTree(runs.eval("whole", runs.heldOut(101), "--json").out());
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
                runs.train(name, SineRuns.settings(90), run.view());
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
                runs.eval("BAR", runs.heldOut(50)),
                runs.eval("BAR", runs.heldOut(50), "--json"))) {
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
        runs.train("one", SineRuns.settings(30));
        Path text = Files.createDirectory(folder.resolve("text"));
        try (Backend backend = new CpuBackend(1)) {
            Runs.train(
                    backend,
                    text.resolve("two"),
                    Runs.config(Cell.LSTM, 0),
                    Runs.TEXT,
                    SineRuns.settings(30),
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
