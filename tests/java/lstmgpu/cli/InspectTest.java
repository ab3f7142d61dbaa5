package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import lstmgpu.ChartTexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectTest {
    @Test
    void gatesOverATextOnAPage(@TempDir Path folder) throws IOException {
        String model = TinyModel.train(folder).toString();
        Path page = folder.resolve("gates.html");
        CommandRun found = CommandRun.of(
                        "inspect", model, "--file", folder.resolve("text.txt").toString(), "--html", page.toString())
                .succeeds();
        assertTrue(found.out().contains("line ends"), found.out());
        assertTrue(found.out().contains("quotations                   not in this text"), found.out());
        String html = Files.readString(page);
        for (String row :
                new String[] {"forget gate f", "input gate i", "candidate", "cell state c", "output gate o"}) {
            assertTrue(html.contains("<th scope=\"row\">" + row + "</th>"), row);
        }
        CommandRun.of(
                        "inspect",
                        model,
                        "--text",
                        "the cat",
                        "--html",
                        page.toString(),
                        "--units",
                        "5,2",
                        "--layer",
                        "0")
                .succeeds();
        String chosen = Files.readString(page);
        assertTrue(chosen.indexOf("<h2>layer 0, unit 5</h2>") < chosen.indexOf("<h2>layer 0, unit 2</h2>"), chosen);
        assertEquals(4, chosen.split("<h2>", -1).length, "the findings and two units");

        CommandRun.of("inspect", model, "--html", "x.html").refuses(2, "--text");
        CommandRun.of("inspect", model, "--text", "the", "--file", "x").refuses(2, "--text", "--file");
        CommandRun.of("inspect", model, "--text", "the", "--units", "32").refuses(2, "--units", "31");
        CommandRun.of("inspect", model, "--text", "the", "--layer", "9").refuses(2, "--layer");
        CommandRun.of("inspect", model, "--text", "t").refuses(3, "two or more");
    }

    @Test
    void gradientsOverADistanceOnAPage(@TempDir Path folder) throws IOException {
        String model = TinyModel.train(folder).toString();
        String text = folder.resolve("text.txt").toString();
        Path page = folder.resolve("gradients.html");
        CommandRun found = CommandRun.of(
                        "inspect", model, "--gradients", "--file", text, "--distances", "20", "--html", page.toString())
                .succeeds();
        assertTrue(found.out().contains("layer 0: the gradient "), found.out());
        assertTrue(found.out().contains("arithmetic mean over 100 places"), found.out());
        assertEquals(10, found.out().lines().filter(line -> line.contains("%")).count(), "distances and sentence");
        String html = Files.readString(page);
        assertTrue(html.contains("<svg role=\"img\""), html);
        ChartTexts.require(
                html,
                "layer 0",
                "tokens back",
                "size of the gradient, with that of the step itself as 1",
                "trained through 16 steps");
        String[] gradients = {"inspect", model, "--gradients"};
        CommandRun.of("inspect", model, "--distances", "20").refuses(2, "--distances", "add --gradients");
        CommandRun.of("inspect", model, "--text", "the cat", "--places", "9").refuses(2, "--places", "add --gradients");
        CommandRun.of(gradients).refuses(2, "--text", "--file");
        CommandRun.of(with(gradients, "--text", "the cat", "--units", "3")).refuses(2, "--units");
        CommandRun.of(with(gradients, "--text", "the cat", "--distances", "0")).refuses(2, "--distances", "[1, 10000]");
        CommandRun.of(with(gradients, "--text", "the cat", "--places", "-1")).refuses(2, "--places");
        CommandRun.of(with(gradients, "--text", "th")).refuses(3, "three or more");
        CommandRun.of(with(gradients, "--text", "the")).succeeds();
    }

    private static String[] with(String[] first, String... more) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
    }

    /** Of twelve units, where eight are drawn unless more are asked for. */
    @Test
    void aPageOverAHundredKilobytesIsNoLargerThanAMegabyte(@TempDir Path folder) throws IOException {
        String model = TinyModel.train(folder).toString();
        Path text = folder.resolve("long.txt");
        Files.writeString(text, Files.readString(folder.resolve("text.txt")).repeat(11));
        assertTrue(Files.size(text) >= 100_000);
        Path page = folder.resolve("gates.html");
        String[] units = {"--units", "0,1,2,3,4,5,6,7,8,9,10,11"};
        CommandRun.of("inspect", model, "--file", text.toString(), "--html", page.toString(), units[0], units[1])
                .succeeds();
        assertTrue(Files.size(page) < 1_000_000, Files.size(page) + " bytes");
    }

    /** Half a description is none: a script that reads it would take it for the whole. */
    @ParameterizedTest
    @ValueSource(strings = {"run.json", "metrics.csv", "model.safetensors"})
    void aDamagedFileIsRefusedBeforeAnythingIsPrinted(String name, @TempDir Path folder) throws IOException {
        Path model = TinyModel.train(folder);
        Path file = model.resolve(name);
        byte[] whole = Files.readAllBytes(file);
        int half = whole.length / 2;
        if (name.endsWith(".csv")) {
            // In a row's first column: whole rows, or one with a shorter last number, are no damage.
            half = new String(whole, 0, half, StandardCharsets.UTF_8).lastIndexOf('\n') + 2;
        }
        Files.write(file, Arrays.copyOf(whole, half));
        CommandRun.of("inspect", model.toString()).refuses(3, name);
        CommandRun.of("inspect", model.toString(), "--json").refuses(3, name);
    }

    @Test
    void aPageThatCannotBeWrittenIsSaidBeforeAnythingIsPrinted(@TempDir Path folder) throws IOException {
        String model = TinyModel.train(folder).toString();
        String page = folder.resolve("text.txt/gates.html").toString();
        CommandRun refused = CommandRun.of("inspect", model, "--text", "the cat", "--html", page);
        refused.refuses(refused.code(), "gates.html");
        assertTrue(refused.code() != 0);
    }
}
