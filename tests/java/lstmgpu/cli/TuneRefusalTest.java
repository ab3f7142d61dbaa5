package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.files.JsonFiles;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What tune refuses, each in a sentence. */
class TuneRefusalTest extends TuneCase {
    private static Path search;

    @BeforeAll
    static void search() {
        search = folder.resolve("search");
        tune(search, 2, RANGES).succeeds();
    }

    @Test
    void whatCannotBeSearchedIsRefusedInASentence() throws IOException {
        Path output = folder.resolve("refused");
        tune(output, 2).refuses(2, "nothing to search");
        tune(output, 2, "--lrr", "1..2").refuses(2, "train has no flag --lrr; did you mean --lr?");
        tune(output, 2, "--lr", "1e-3..").refuses(2, "--lr 1e-3.. is no range");
        CommandRun.of("tune", "train", text.toString(), "-o", output.toString(), "--lr-range", "1e-5..1", "--lr", "1")
                .refuses(2, "leave out --lr");
        tune(output, 2, "--lr", "2..1").refuses(2, "--lr 2..1 is an empty range");
        tune(output, 2, "--lr", "1,,2").refuses(2, "--lr has an empty value");
        tune(output, 2, "--cell", "1..2").refuses(2, "--cell takes no numbers");
        tune(output, 2, "--lr", "1,2", "--dry-run").refuses(2, "tune itself says what --dry-run is");
        tune(output, 0, RANGES).refuses(2, "--runs must lie in");
        tune(output, 2, "--lr", "1,2", "--eta", "1").refuses(2, "--eta must lie in");
        tune(output, 2, "--lr", "1,2", "--val-frac", "0").refuses(2, "leave --val-frac above 0");
        tune(output, 2, "--lr", "1,2", "--tokenizer", "nonsense").refuses(2, "nonsense");
        tune(search, 2, "--lr", "1..2").refuses(2, "has another search", "--resume");
        CommandRun.of("tune").refuses(2, "--output is missing");
        CommandRun.of("tune", "generate", "x", "-o", "y", "--lr", "1..2").refuses(2, "the command to search over");
        CommandRun.of("tune", "train", "nothing.txt", "-o", output.toString(), "--lr", "1,2")
                .refuses(3, "nothing.txt");
        CommandRun.of("tune", "-o", output.toString(), "--resume").refuses(3, "no search to go on with");
        CommandRun.of("tune", "train", text.toString(), "-o", text.toString(), "--lr", "1,2")
                .refuses(2, "is a file");
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        tune(model, 2, RANGES).refuses(2, "has models but no search");
    }

    @Test
    void aDamagedFileOfSettingsIsRefusedInASentence() throws IOException {
        String[][] cases = {
            {"{", "is not JSON"},
            {"[1]", "must hold one JSON object"},
            {"{\"lr\": \"1..2\", \"lr\": \"1..3\"}", "is not JSON"},
            {"{\"hiden-size\": [1, 2]}", "has no flag --hiden-size; did you mean --hidden-size?"},
            {"{\"output\": [\"a\", \"b\"]}", "tune itself says what --output is"},
            {"{\"resume\": [true]}", "tune itself says what --resume is"},
            {"{\"lr\": []}", "empty value"},
            {"{\"lr\": [[1]]}", "--lr is a list"},
            {"{\"lr\": {\"from\": 1}}", "--lr is no range"},
            {"{\"lr\": \"3..2\"}", "--lr 3..2 is an empty range"},
            {"{\"embedding-size\": [4]}", "--embedding-size has values already"},
        };
        Path file = folder.resolve("damaged.json");
        for (String[] each : cases) {
            Files.writeString(file, each[0]);
            CommandRun run = tune(folder.resolve("no"), 2, "--space", file.toString());
            assertEquals("", run.out());
            assertTrue(run.err().contains(each[1]) && run.err().contains(file.toString()), run.err());
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.code() == 2 || run.code() == 3, run.err());
        }
        Files.writeString(file, "{\"a\": \"" + "x".repeat(1 << 20) + "\"}");
        tune(folder.resolve("no"), 2, "--space", file.toString()).refuses(3, file.toString());
        tune(folder.resolve("no"), 2, "--space", folder.resolve("absent").toString())
                .refuses(3, "is not there");
    }

    @Test
    void aDamagedSearchIsRefusedInASentence() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("broken"));
        Path file = broken.resolve("tune.json");
        String whole = Files.readString(search.resolve("tune.json"));
        Files.writeString(file, whole.replace("\"run\" : 2", "\"run\" : 3"));
        CommandRun.of("tune", "-o", broken.toString(), "--resume")
                .refuses(3, "check sum", "or begin the search anew with --overwrite");
        for (String field : List.of("trials", "command", "space", "rungs", "judged")) {
            ObjectNode record = (ObjectNode) JSON.readTree(whole);
            record.remove(List.of("crc32c", field));
            JsonFiles.writeSealed(file, record);
            CommandRun.of("tune", "-o", broken.toString(), "--resume").refuses(3, "tune.json is damaged");
        }
        ObjectNode foreign = (ObjectNode) JSON.readTree(whole);
        foreign.withArray("/trials/0/marks")
                .insertObject(0)
                .put("steps", 1)
                .put("loss", 1)
                .put("best_step", 1)
                .put("seconds", 1);
        foreign.withArray("/trials/0/marks")
                .insertObject(0)
                .put("steps", 1)
                .put("loss", 1)
                .put("best_step", 1)
                .put("seconds", 1);
        foreign.withArray("/trials/0/marks")
                .insertObject(0)
                .put("steps", 1)
                .put("loss", 1)
                .put("best_step", 1)
                .put("seconds", 1);
        JsonFiles.writeSealed(file, foreign);
        CommandRun.of("tune", "-o", broken.toString(), "--resume").refuses(3, "tune.json is damaged");
        CommandRun.of("tune", "-o", broken.toString(), "--resume", "--overwrite")
                .refuses(2, "choose one");
        tune(
                        broken,
                        1,
                        Stream.concat(Arrays.stream(RANGES), Stream.of("--overwrite"))
                                .toArray(String[]::new))
                .succeeds();
        assertEquals(1, found(broken).get("trials").size());
    }
}
