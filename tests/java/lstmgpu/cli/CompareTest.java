package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    void theChartHasEveryRunInTheFormatOfItsName() throws IOException {
        Path svg = folder.resolve("runs.svg");
        Path png = folder.resolve("runs.png");
        CommandRun.of("compare", good, bad, blind, "--chart", svg.toString()).succeeds();
        CommandRun.of("compare", good, "--chart", png.toString()).succeeds();
        String drawn = Files.readString(svg);
        for (String colour : List.of("rgb(0,114,178)", "rgb(213,94,0)", "rgb(0,158,115)")) {
            assertTrue(drawn.contains("stroke:" + colour), colour);
        }
        assertEquals('P', Files.readAllBytes(png)[1]);
        assertTrue(Files.exists(Path.of(good, "loss.png")), "training draws it too");
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        CommandRun.of("compare").refuses(2, "RUN");
        CommandRun.of("compare", folder.resolve("none").toString()).refuses(3, "none");
        CommandRun.of("compare", good, "--chart", "x.gif").refuses(2, ".svg", ".png");
    }
}
