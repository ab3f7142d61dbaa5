package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The token for what a vocabulary lacks, in what generate and training write. */
class UnknownTokenTest {
    @TempDir
    Path folder;

    /** Of a text whose words are mostly unknown, so that nothing is more probable. */
    @Test
    void theUnknownTokenIsWrittenOnlyIfAskedFor() throws IOException {
        for (String kind : List.of("word", "char")) {
            Path words = TinyModel.train(
                    Files.createDirectory(folder.resolve(kind)),
                    "--tokenizer",
                    kind,
                    "--vocab-size",
                    "4",
                    "--sample-every",
                    "10");
            String unknown = kind.equals("word") ? "<unk>" : "\uFFFD";
            String samples = Files.readString(words.resolve("samples.txt"));
            assertFalse(samples.contains(unknown), samples);
            assertTrue(samples.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("===")), samples);
            for (String way : List.of("--greedy", "--beams=3", "--temperature=2", "--no-repeat-ngram=30")) {
                String[] flags = {"generate", words.toString(), "--device", "cpu", "-n", "40", "--seed", "1", way};
                CommandRun banned = CommandRun.of(flags).succeeds();
                assertFalse(banned.out().contains(unknown), banned.out());
                assertFalse(banned.out().isBlank());
                String[] asked = Arrays.copyOf(flags, flags.length + 1);
                asked[flags.length] = "--allow-unk";
                assertTrue(CommandRun.of(asked).succeeds().out().contains(unknown), way);
            }
        }
    }
}
