package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of a preset's two rates a run takes. */
class PresetRatesTest {
    private static final double RATE = 0.016;
    private static final double OTHER = 0.008;

    @TempDir
    Path folder;

    private Path text;

    @BeforeEach
    void writeAText() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), "a line of text\n".repeat(400));
    }

    /** A run of one step more; the rate that it has recorded. */
    private double rate(String model, String... flags) throws IOException {
        Path output = folder.resolve(model);
        List<String> words = new ArrayList<>(List.of("train", text.toString(), "-o", output.toString()));
        words.addAll(List.of("--preset", "tiny", "--val-frac", "0", "--sample-length", "0", "--progress", "none"));
        words.addAll(List.of("--device", "cpu", "--threads", "1", "--batch-size", "4", "--seq-length", "8"));
        words.addAll(List.of(flags));
        CommandRun.of(words.toArray(String[]::new)).succeeds();
        return new ObjectMapper()
                .readTree(output.resolve("run.json").toFile())
                .at("/settings/optimisation/learningRate")
                .asDouble();
    }

    @Test
    void aNewNetworkBearsTheHigherOneUnlessItSaysOtherwise() throws IOException {
        assertEquals(RATE, rate("lstm", "--max-steps", "1"));
        assertEquals(RATE, rate("two", "--max-steps", "1", "--num-layers", "2"));
        assertEquals(OTHER, rate("three", "--max-steps", "1", "--num-layers", "3"));
        assertEquals(OTHER, rate("gru", "--max-steps", "1", "--cell", "gru"));
        assertEquals(OTHER, rate("projected", "--max-steps", "1", "--proj-size", "16"));
        assertEquals(0.5, rate("said", "--max-steps", "1", "--cell", "gru", "--lr", "0.5"));
    }

    @Test
    void whatARunBeginsWithSaysItForTheRun() throws IOException {
        for (List<String> earlier :
                List.of(List.of("--cell", "gru"), List.of("--proj-size", "16"), List.of("--num-layers", "3"))) {
            List<String> flags = new ArrayList<>(List.of("--max-steps", "1", "--overwrite"));
            flags.addAll(earlier);
            rate("earlier", flags.toArray(String[]::new));
            String from = folder.resolve("earlier").toString();
            assertEquals(OTHER, rate("next", "--max-steps", "1", "--overwrite", "--init-from", from));
        }
    }

    @Test
    void aRunThatGoesOnKeepsItsOwn() throws IOException {
        rate("run", "--max-steps", "1", "--lr", "0.02");
        assertEquals(0.02, rate("run", "--max-steps", "2", "--resume"), 1e-9);
    }
}
