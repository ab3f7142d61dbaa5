package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import lstmgpu.ChartTexts;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lstm-gpu bench}: every backend and operation has its row, with the keys that other programs read. */
class BenchTest {
    private static final List<String> SMALL =
            List.of("bench", "--shapes", "1x8x2x3", "--embedding-size", "4", "--vocab-size", "6", "--seconds", "0.01");

    private static final Set<String> ROUNDED = Set.of("generate-bf16", "generate-int8");

    @TempDir
    private Path folder;

    private static CommandRun bench(String... more) {
        List<String> arguments = new ArrayList<>(SMALL);
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void everyOperationOnEveryBackendWithItsError() throws IOException {
        Path json = folder.resolve("rows.jsonl");
        Path chart = folder.resolve("speed.svg");
        CommandRun run = bench("--json", json.toString(), "--chart", chart.toString());
        assertEquals(0, run.code(), run.err());
        Set<String> by = new TreeSet<>();
        Set<String> operations = new TreeSet<>();
        for (String line : Files.readAllLines(json)) {
            JsonNode row = new ObjectMapper().readTree(line);
            if (row.has("commit")) {
                continue;
            }
            by.add(row.get("implementation").asText());
            operations.add(row.get("what").asText());
            for (String key :
                    List.of("precision", "cell", "layers", "hidden", "batch", "steps", "vocab", "embedding")) {
                assertTrue(row.has(key), key + " is not in " + line);
            }
            assertTrue(row.at("/milliseconds/median").asDouble() > 0, line);
            assertTrue(row.get("tokens_per_second").asDouble() > 0, line);
            checkShare(row.get("ceiling_share"), line);
            assertTrue(row.get("error").asDouble() < 1e-5, line);
        }
        assertTrue(by.containsAll(Set.of("cpu", "reference")), by.toString());
        operations.removeAll(ROUNDED);
        assertEquals(
                Set.of(
                        "generate",
                        "op:dropout",
                        "op:embed",
                        "op:embed-grad",
                        "op:linear",
                        "op:linear-grad",
                        "op:optimizer-step",
                        "op:sample",
                        "op:softmax-cross-entropy",
                        "op:sum-of-squares",
                        "recurrent-stack",
                        "train-step"),
                operations);
        String drawn = Files.readString(chart);
        ChartTexts.require(drawn, "tokens per second", "1,000", "generate 1×8", "cpu fp32");
        assertTrue(run.out().contains("x reference"), run.out());
    }

    /** A share of something is not more than all of it. */
    private static void checkShare(JsonNode share, String line) {
        assertTrue(share.isNull() || share.asDouble() > 0 && share.asDouble() <= 1, line);
    }

    @Test
    void whatTheProcessorReachesIsAShareOfWhatItCanReach() throws IOException {
        List<String> arguments = List.of(
                "bench",
                "--shapes",
                "1x64x32x16",
                "--seconds",
                "0.1",
                "--device",
                "cpu",
                "--json",
                "-",
                "--only",
                "train-step,recurrent-stack,generate,operations");
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("GFLOP/s in fp32"), run.err());
        int shares = 0;
        for (String line : run.out().lines().skip(1).toList()) {
            JsonNode row = new ObjectMapper().readTree(line);
            JsonNode share = row.get("ceiling_share");
            checkShare(share, line);
            if (ROUNDED.contains(row.get("what").asText())) {
                continue; // Not everywhere.
            }
            shares += share.isNull() ? 0 : 1;
        }
        assertEquals(12, shares, run.out());
    }

    @Test
    void aNamedDeviceIsMeasuredAlone() throws IOException {
        CommandRun run = bench("--device", "cpu", "--only", "generate", "--json", "-");
        assertEquals(0, run.code(), run.err());
        List<String> rows = run.out().lines().skip(1).toList();
        try (Backend cpu = new CpuBackend(1)) {
            assertEquals(cpu.drawing().multipliesRounded() ? 3 : 1, rows.size(), run.out());
        }
        for (int i = 1; i < rows.size(); i++) {
            String what = new ObjectMapper().readTree(rows.get(i)).get("what").asText();
            assertTrue(ROUNDED.contains(what), run.out());
        }
        assertEquals(2, bench("--device", "cpu", "--precision", "tf32").code());
    }
}
