package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import lstmgpu.cli.progress.ProgressBar;
import lstmgpu.cli.progress.ProgressLines;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.Seconds;
import lstmgpu.cli.report.Sizes;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.TokenMetrics;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingListener.Progress;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training run shows. */
class ProgressTest {
    @TempDir
    Path folder;

    private static final Progress HALFWAY = new Progress(1200, 2400, 0.5, 4.5, 1.5, 1e-3f, 21_345, 252);

    @Test
    void theBarTellsLossPerplexitySpeedAndTimeLeft() {
        String line = ProgressBar.line(HALFWAY, TokenMetrics.MEASURES, 120);
        for (String word :
                List.of(" 50%", "1,200/2,400", "loss 1.500", "perplexity 4.48", "21.3k tokens/s", "4m12s left")) {
            assertTrue(line.contains(word), () -> word + " is not in: " + line);
        }
        long difference = line.chars().filter(c -> c == '━').count()
                - line.chars().filter(c -> c == '─').count();
        assertTrue(Math.abs(difference) <= 1, line);
    }

    @Test
    void atEightyColumnsThereIsABar() {
        Progress long1 = new Progress(12_345, 64_000, 0.19, 12.34, 1.234, 1e-3f, 106_400, 5025);
        Progress timed = new Progress(1200, TrainingSettings.UNLIMITED, 0.4, 4.5, 1.5, 1e-3f, 21_345, 15.4);
        for (Progress progress : List.of(HALFWAY, long1, timed)) {
            String line = ProgressBar.line(progress, TokenMetrics.MEASURES, 77);
            long bar = line.chars().filter(c -> c == '━' || c == '─').count();
            assertTrue(bar >= 10, line);
            for (String word : List.of("%", "step 1", "loss 1.", "/s", " left")) {
                assertTrue(line.contains(word), () -> word + " is not in: " + line);
            }
        }
        String line = ProgressBar.line(timed, TokenMetrics.MEASURES, 77);
        assertTrue(line.startsWith(" 40%"), line);
        assertTrue(line.endsWith("15s left"), line);
    }

    @Test
    void theBarFitsEveryWidth() {
        Progress endless = new Progress(7, TrainingSettings.UNLIMITED, Double.NaN, 0.1, 4, 1e-3f, 900, Double.NaN);
        IntStream.range(0, 200).forEach(width -> {
            assertTrue(ProgressBar.line(HALFWAY, TokenMetrics.MEASURES, width).length() <= width);
            assertTrue(ProgressBar.line(endless, TokenMetrics.MEASURES, width).length() <= width);
        });
        assertFalse(ProgressBar.line(endless, TokenMetrics.MEASURES, 200).contains("NaN"));
    }

    @Test
    void jsonProgressIsJsonAndPlainProgressHasNoControlCharacters() throws IOException {
        Path text = TinyModel.text(folder);
        CommandRun json = train(text, "json");
        ObjectMapper mapper = new ObjectMapper();
        for (String line :
                json.err().lines().filter(line -> line.startsWith("{")).toList()) {
            JsonNode event = mapper.readTree(line);
            assertTrue(event.has("event"), line);
            for (String number : List.of("learning_rate", "tokens_per_second", "seconds_left", "seconds", "done")) {
                assertTrue(event.path(number).asText().length() <= 9, () -> number + " has many digits in " + line);
            }
        }
        assertTrue(json.err().contains("\"event\":\"finished\""), json.err());
        for (String style : List.of("plain", "auto")) {
            String shown = train(text, style).err();
            assertTrue(shown.contains("held-out loss"), shown);
            assertTrue(shown.chars().allMatch(c -> c == '\n' || c >= ' '), shown);
        }
        assertEquals("", train(text, "none").err());
    }

    @Test
    void theLastLineTellsThePerplexityOfTheBestModel() throws IOException {
        Matcher told = Pattern.compile(
                        ": (\\d\\.\\d{4}) nats per token on the held-out text \\(perplexity (\\d+\\.\\d\\d)\\) at step"
                                + " 4; 4 steps in ")
                .matcher(train(TinyModel.text(folder), "none").out());
        assertTrue(told.find());
        assertEquals(Math.exp(Double.parseDouble(told.group(1))), Double.parseDouble(told.group(2)), 0.01);
    }

    private CommandRun train(Path text, String progress) {
        return CommandRun.of(
                        "train",
                        text.toString(),
                        "-o",
                        folder.resolve("m-" + progress).toString(),
                        "--preset",
                        "tiny",
                        "--hidden-size",
                        "16",
                        "--batch-size",
                        "8",
                        "--seq-length",
                        "8",
                        "--max-steps",
                        "4",
                        "--eval-every",
                        "2",
                        "--sample-every",
                        "4",
                        "--sample-length",
                        "10",
                        "--device",
                        "cpu",
                        "--progress",
                        progress)
                .succeeds();
    }

    @Test
    void everyStyleButNoneShowsNotices() throws IOException {
        String message = "loss.svg is not drawn";
        assertEquals(message, shown(ProgressView.Style.PLAIN, message).strip());
        assertEquals(message, shown(ProgressView.Style.AUTO, message).strip());
        assertTrue(shown(ProgressView.Style.BAR, message).contains(message));
        JsonNode event = new ObjectMapper().readTree(shown(ProgressView.Style.JSON, message));
        assertEquals("notice", event.path("event").asText());
        assertEquals(message, event.path("message").asText());
        assertEquals("", shown(ProgressView.Style.NONE, message));
    }

    private static String shown(ProgressView.Style style, String message) {
        try (ShownRun run = new ShownRun(style, TokenMetrics.MEASURES)) {
            run.view().notice(message);
            return run.text();
        }
    }

    /** To the character: programs and people have got used to it. */
    @Test
    void aLanguageModelShowsPerplexity() {
        assertEquals(
                " 50%% %s%s  step 1,200/2,400  epoch 4.50  loss 1.500  perplexity 4.48  21.3k tokens/s  4m12s left"
                        .formatted("━".repeat(20), "─".repeat(20)),
                ProgressBar.line(HALFWAY, TokenMetrics.MEASURES, 150));
        assertEquals(
                "step 1,200/2,400  epoch 4.50  loss 1.5000  perplexity 4.48  21.3k tokens/s  4m12s left",
                ProgressLines.line(HALFWAY, TokenMetrics.MEASURES));
        assertEquals("""
            1,234 parameters on cpu (a processor); 9,000 tokens to train, 1,000 held out; going on after step 60
            before the first step  held-out loss 1.5000  perplexity 4.48
            step 1,200  epoch 4.50  held-out loss 1.5000  perplexity 4.48  best so far
            """, events(ProgressView.Style.PLAIN));
        assertEquals("""
            {"event":"started","device":"cpu","parameters":1234,"training_tokens":9000,"validation_tokens":1000,\
            "steps_per_epoch":270,"start_step":60,"total_steps":2400}
            {"event":"evaluation","step":0,"epoch":0.0,"loss":1.5,"perplexity":4.4816890703380645,\
            "accuracy":0.25,"best":false}
            {"event":"evaluation","step":1200,"epoch":4.5,"loss":1.5,"perplexity":4.4816890703380645,\
            "accuracy":0.25,"best":true}
            {"event":"progress","step":1200,"epoch":4.5,"loss":1.5,"perplexity":4.4816890703380645,"done":0.5,\
            "learning_rate":0.001,"tokens_per_second":21345.0,"seconds_left":252.0}
            """, events(ProgressView.Style.JSON));
    }

    private static String events(ProgressView.Style style) {
        EvaluationResult result = new EvaluationResult(1.5, 1000, 2, Map.of(TokenMetrics.ACCURACY, 0.25));
        try (ShownRun run = new ShownRun(style, TokenMetrics.MEASURES)) {
            run.view().started(new TrainingListener.Start(1234, 9000, 1000, 270, 60, 2400));
            run.view().evaluation(new TrainingListener.Evaluation(0, 0, result, false));
            run.view().evaluation(new TrainingListener.Evaluation(1200, 4.5, result, true));
            run.view().progress(HALFWAY);
            return run.text();
        }
    }

    @Test
    void timesAreShortAndMean() throws IOException {
        assertEquals("4.2s", Durations.text(4.2));
        assertEquals("3m05s", Durations.text(185));
        assertEquals("2h07m", Durations.text(7620));
        assertEquals("10s", Durations.text(9.96));
        assertEquals("1.0k", Sizes.count(999.7));
        assertEquals("1.0M", Sizes.count(999_960));
        assertEquals(5400, Seconds.parse("1h30m").value());
        assertEquals(90, Seconds.parse("90").value());
        assertFalse(Files.exists(folder.resolve("never")));
    }
}
