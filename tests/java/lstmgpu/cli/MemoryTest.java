package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static CommandRun memory(String... more) {
        String[] all = Stream.concat(
                        Stream.of("memory", "--device", "cpu", "--threads", "1", "--hidden-size", "8"), Stream.of(more))
                .toArray(String[]::new);
        return CommandRun.of(all);
    }

    @Test
    void aTableAFileAndAChart(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("rows.json");
        Path chart = folder.resolve("chart.svg");
        CommandRun run = memory(
                        "--task",
                        "first,adding",
                        "--lengths",
                        "9,6",
                        "--cells",
                        "gru,rnn_tanh",
                        "--max-steps",
                        "600",
                        "--lr",
                        "0.02",
                        "--json",
                        json.toString(),
                        "--chart",
                        chart.toString())
                .succeeds();
        List<String> lines = run.out().lines().toList();
        assertEquals(
                "first: right answers; 50.0 % without a memory, * solved, ~ its time was over, - not tried",
                lines.getFirst());
        assertTrue(lines.get(1).matches("gap +gru +rnn_tanh"), run.out());
        assertTrue(lines.get(2).startsWith("6 "), "the shortest gap first");
        assertTrue(run.out().contains("adding: mean squared error; 0.1667 without a memory"), run.out());
        assertTrue(run.err().contains("first, gap 6, gru: 100.0 % after"), run.err());
        List<String> rows = Files.readAllLines(json);
        JsonNode first = JSON.readTree(rows.getFirst());
        assertEquals("first", first.get("task").asText());
        assertEquals("gru", first.get("cell").asText());
        assertEquals(6, first.get("length").asInt());
        assertTrue(first.get("solved").asBoolean() && first.get("accuracy").asDouble() >= 0.99, first.toString());
        assertEquals(0.5, first.get("chance").asDouble());
        assertTrue(first.get("steps").asInt() > 0);
        JsonNode last = JSON.readTree(rows.getLast());
        assertEquals("adding", last.get("task").asText());
        assertTrue(last.has("error") && !last.has("accuracy"), last.toString());
        assertTrue(Files.readString(chart).contains("adding: learnt"));
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        memory("--lengths", "4").refuses(2, "--lengths", "[5, 100000]", "4");
        memory("--lengths", "100000", "--batch-size", "4096").refuses(2, "--batch-size", "make one of them smaller");
        memory("--task", "second").refuses(2, "--task", "first, adding, copy");
        memory("--cells", "lstm,elman").refuses(2, "--cells", "elman");
        memory("--lr", "NaN").refuses(2, "--lr");
        memory("--max-time", "0s").refuses(2, "--max-time");
        memory("--max-steps", "0").refuses(2, "--max-steps");
        memory("--hidden-size", "0").refuses(2, "--hidden-size");
        memory("--chart", "x.pdf").refuses(2, "--chart", ".svg or .png");
    }

    /** Before any network is trained. */
    @Test
    void aMissingFolderIsSaidAtTheBeginning(@TempDir Path folder) {
        for (String flag : List.of("--chart", "--json")) {
            CommandRun refused = memory(flag, folder.resolve("none/rows.svg").toString());
            refused.refuses(2, flag, "rows.svg", "no folder none");
            assertEquals(1, refused.err().lines().count(), refused.err());
        }
        for (String[] command : List.of(
                new String[] {"classify", "eval", "none", "pom.xml"},
                new String[] {"forecast", "predict", "none"},
                new String[] {"forecast", "backtest", "none", "pom.xml"})) {
            String chart = folder.resolve("none/chart.png").toString();
            CommandRun.of(Stream.concat(Stream.of(command), Stream.of("--chart", chart))
                            .toArray(String[]::new))
                    .refuses(2, "--chart", "no folder none");
        }
    }

    @Test
    void rowsGoToStandardOutputInsteadOfTheTable() throws IOException {
        CommandRun run = memory("--lengths", "6", "--cells", "gru", "--max-steps", "3", "--json", "-")
                .succeeds();
        assertEquals(1, run.out().lines().count(), run.out());
        assertEquals(3, JSON.readTree(run.out()).get("steps").asInt());
    }
}
