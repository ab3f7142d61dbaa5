package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of a preset's two rates a run takes. */
class PresetRatesTest {
    private static final double RATE = 0.016;
    private static final double OTHER = 0.008;

    @TempDir
    Path folder;

    /** A run of one step more; the rate that it has recorded. */
    private double rate(String model, String... flags) throws IOException {
        List<String> words = new ArrayList<>(List.of("--val-frac", "0", "--sample-length", "0", "--max-steps", "1"));
        words.addAll(List.of(flags));
        Path output = TinyModel.trainOn(TinyModel.text(folder), folder.resolve(model), words.toArray(String[]::new));
        return new ObjectMapper()
                .readTree(output.resolve("run.json").toFile())
                .at("/settings/optimisation/learningRate")
                .asDouble();
    }

    @Test
    void aNewNetworkBearsTheHigherOneUnlessItSaysOtherwise() throws IOException {
        assertEquals(RATE, rate("lstm"));
        assertEquals(RATE, rate("two", "--num-layers", "2"));
        assertEquals(OTHER, rate("three", "--num-layers", "3"));
        assertEquals(OTHER, rate("gru", "--cell", "gru"));
        assertEquals(OTHER, rate("projected", "--proj-size", "16"));
        assertEquals(0.5, rate("said", "--cell", "gru", "--lr", "0.5"));
    }

    @Test
    void whatARunBeginsWithSaysItForTheRun() throws IOException {
        for (List<String> earlier :
                List.of(List.of("--cell", "gru"), List.of("--proj-size", "16"), List.of("--num-layers", "3"))) {
            List<String> flags = new ArrayList<>(List.of("--overwrite"));
            flags.addAll(earlier);
            rate("earlier", flags.toArray(String[]::new));
            String from = folder.resolve("earlier").toString();
            assertEquals(OTHER, rate("next", "--overwrite", "--init-from", from));
        }
    }

    @Test
    void aRunThatGoesOnKeepsItsOwn() throws IOException {
        rate("run", "--lr", "0.02");
        assertEquals(0.02, rate("run", "--max-steps", "2", "--resume"), 1e-9);
    }
}
