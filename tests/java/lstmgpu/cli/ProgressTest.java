package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.cli.progress.ProgressBar;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.ResultStream;
import lstmgpu.cli.report.Seconds;
import lstmgpu.cli.report.Sizes;
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
        String line = ProgressBar.line(HALFWAY, 120);
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
            String line = ProgressBar.line(progress, 77);
            long bar = line.chars().filter(c -> c == '━' || c == '─').count();
            assertTrue(bar >= 10, line);
            for (String word : List.of("%", "step 1", "loss 1.", "/s", " left")) {
                assertTrue(line.contains(word), () -> word + " is not in: " + line);
            }
        }
        String line = ProgressBar.line(timed, 77);
        assertTrue(line.startsWith(" 40%"), line);
        assertTrue(line.endsWith("15s left"), line);
    }

    @Test
    void theBarFitsEveryWidth() {
        Progress endless = new Progress(7, TrainingSettings.UNLIMITED, Double.NaN, 0.1, 4, 1e-3f, 900, Double.NaN);
        IntStream.range(0, 200).forEach(width -> {
            assertTrue(ProgressBar.line(HALFWAY, width).length() <= width);
            assertTrue(ProgressBar.line(endless, width).length() <= width);
        });
        assertFalse(ProgressBar.line(endless, 200).contains("NaN"));
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
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                InputStream.nullInputStream(),
                new ResultStream(OutputStream.nullOutputStream(), false),
                new ResultStream(err, false),
                Map.of(),
                false);
        DeviceInfo device = new DeviceInfo("cpu", "a processor", "", 0);
        try (ProgressView view = ProgressView.of(style, console, device)) {
            view.notice(message);
        }
        console.flush();
        return err.toString(StandardCharsets.UTF_8);
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
