package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ChartTexts;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
    @TempDir
    private static Path folder;

    private static String good;
    private static String bad;
    private static String blind;

    @BeforeAll
    static void train() throws IOException {
        good = TinyModel.train(folder, "--eval-every", "20").toString();
        bad = TinyModel.train(Files.createDirectory(folder.resolve("b")), "--lr", "1e-5", "--cell", "gru")
                .toString();
        blind = TinyModel.train(Files.createDirectory(folder.resolve("c")), "--val-frac", "0")
                .toString();
    }

    @Test
    void theBestRunComesFirstAndOnlyDifferencesAreTold() {
        List<String> lines = CommandRun.of("compare", bad, blind, good, bad)
                .succeeds()
                .out()
                .lines()
                .toList();
        assertTrue(lines.get(1).startsWith(good + " "), lines::toString);
        assertTrue(lines.get(2).startsWith(bad + " "), lines::toString);
        assertTrue(lines.get(3).startsWith(blind + " "), "a run without a held-out loss comes last, " + lines);
        assertEquals("", lines.get(4), "a run given twice is told once");
        String settings = String.join("\n", lines.subList(5, lines.size()));
        assertTrue(settings.matches("(?s).*\ncell +lstm +gru +lstm\n.*"), settings);
        assertTrue(settings.contains("optimisation learning rate"), settings);
        assertFalse(settings.contains("hidden size"), settings);
        assertFalse(settings.contains("layers"), settings);
    }

    @Test
    void runsOnDifferentTextsAreNotRanked() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Path text = Files.writeString(other.resolve("their.txt"), "a text of another kind, 1 2 3\n".repeat(200));
        String foreign = other.resolve("model").toString();
        String[] training = {
            "train",
            text.toString(),
            "-o",
            foreign,
            "--preset",
            "tiny",
            "--batch-size",
            "4",
            "--seq-length",
            "8",
            "--max-steps",
            "5",
            "--device",
            "cpu",
            "--progress",
            "none",
            "--sample-length",
            "0"
        };
        CommandRun.of(training).succeeds();
        String out = CommandRun.of("compare", bad, foreign, good).succeeds().out();
        assertTrue(out.startsWith("These runs were trained on different texts; "), out);
        List<String> lines = out.lines().toList();
        assertTrue(lines.get(2).contains("text.txt (") && lines.get(2).contains(", SHA-256 "), out);
        assertTrue(lines.get(4).startsWith(good + " ") && lines.get(5).startsWith(bad + " "), out);
        assertTrue(lines.get(7).contains("their.txt ("), out);
        assertTrue(lines.get(9).startsWith(foreign + " "), out);
        assertTrue(CommandRun.of(
                        "compare",
                        good,
                        foreign,
                        "--chart",
                        folder.resolve("x.svg").toString())
                .succeeds()
                .err()
                .contains("cannot be compared"));
        String json = CommandRun.of("compare", bad, foreign, good, "--json")
                .succeeds()
                .out();
        List<String> rows = json.lines().toList();
        assertTrue(rows.get(1).contains("\"group\":1") && rows.get(2).contains("\"group\":2"), json);
    }

    @Test
    void otherTokensOfTheSameTextAreNotRankedEither() throws IOException {
        String words = TinyModel.train(Files.createDirectory(folder.resolve("w")), "--tokenizer", "word")
                .toString();
        String out = CommandRun.of("compare", good, words).succeeds().out();
        assertTrue(out.startsWith("These runs cut the same text into other tokens"), out);
        assertFalse(CommandRun.of("compare", good, bad).succeeds().out().contains("These runs cut"));
    }

    /** The same lines in another order; as many bytes as characters; the same text with more of it held out. */
    @Test
    void anyOneDifferenceKeepsRunsApart() throws IOException {
        Path reversed = Files.createDirectory(folder.resolve("reversed"));
        List<String> lines = Files.readAllLines(folder.resolve("text.txt"));
        Path text = Files.writeString(reversed.resolve("text.txt"), String.join("\n", lines.reversed()) + "\n");
        String other = "These runs were trained on different texts";
        assertApart(other, TinyModel.trainOn(text, reversed.resolve("model"), "--max-steps", "2"));
        String cut = "These runs cut the same text into other tokens, or hold out another part of it";
        Path same = folder.resolve("text.txt");
        assertApart(cut, TinyModel.trainOn(same, reversed.resolve("b"), "--max-steps", "2", "--tokenizer", "byte"));
        assertApart(cut, TinyModel.trainOn(same, reversed.resolve("h"), "--max-steps", "2", "--val-frac", "0.3"));
    }

    private static void assertApart(String reason, Path run) {
        String out = CommandRun.of("compare", good, run.toString()).succeeds().out();
        assertTrue(out.startsWith(reason + "; "), out);
    }

    @Test
    void theChartHasEveryRunInTheFormatOfItsName() throws IOException {
        Path svg = folder.resolve("runs.svg");
        Path png = folder.resolve("runs.png");
        CommandRun.of("compare", good, bad, blind, "--chart", svg.toString()).succeeds();
        CommandRun.of("compare", good, "--chart", png.toString()).succeeds();
        String drawn = Files.readString(svg);
        for (String colour : List.of("rgb(0,114,178)", "rgb(213,94,0)", "rgb(0,158,115)")) {
            assertTrue(drawn.contains("stroke:" + colour), colour);
        }
        ChartTexts.require(drawn, "step", "nats per token", good);
        assertTrue(drawn.contains("@media (prefers-color-scheme: dark)"), "dark mode");
        assertFalse(drawn.contains("<!DOCTYPE"), "names an address that some readers ask");
        assertEquals('P', Files.readAllBytes(png)[1]);
        assertTrue(Files.exists(Path.of(good, "loss.png")), "training draws it too");
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        CommandRun.of("compare").refuses(2, "RUN");
        CommandRun.of("compare", folder.resolve("none").toString()).refuses(3, "none");
        CommandRun.of("compare", good, "--chart", "x.gif").refuses(2, ".svg", ".png");
        CommandRun.of("compare", good, "--chart", "none/x.svg").refuses(2, "--chart", "no folder none");
    }
}
