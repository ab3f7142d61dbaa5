package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.store.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that goes on with a text that has more characters, and a text that becomes another under a run. */
class OtherTextTest {
    @TempDir
    Path folder;

    private static CommandRun train(String[] run, String... more) {
        return CommandRun.of(Stream.concat(Stream.of(run), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void aVocabularyGrowsWhenItIsAskedTo() throws IOException {
        Path model = TinyModel.train(folder, "--max-steps", "3", "--sample-length", "0", "--val-frac", "0");
        Path text = Files.writeString(folder.resolve("more.txt"), "zé the cat sat\n".repeat(60));
        Path next = folder.resolve("next");
        String[] run = {
            "train",
            text.toString(),
            "-o",
            next.toString(),
            "--init-from",
            model.toString(),
            "--max-steps",
            "0",
            "--batch-size",
            "4",
            "--seq-length",
            "8",
            "--device",
            "cpu",
            "--progress",
            "none"
        };
        train(run).refuses(3, "'é' (60×)", "--extend-vocab");
        assertFalse(Files.exists(next), "nothing is made of a refused run");
        assertTrue(train(run, "--overwrite", "--extend-vocab").succeeds().err().contains("grows from"));
        var old = Safetensors.read(model.resolve("model.safetensors"));
        var grown = Safetensors.read(next.resolve("model.safetensors"));
        // 'é' and 'z' come after all letters, so every earlier token keeps its row.
        for (String name : List.of("embedding.weight", "output.weight", "output.bias")) {
            float[] before = old.get(name).values();
            float[] after = grown.get(name).values();
            assertEquals(2 * before.length / old.get(name).shape().getFirst(), after.length - before.length);
            assertArrayEquals(before, Arrays.copyOf(after, before.length), name);
        }
        train(run, "--overwrite", "--extend-vocab", "--max-steps", "5").succeeds();
        CommandRun.of("generate", next.toString(), "-p", "zé", "-n", "5", "--device", "cpu")
                .succeeds();
        CommandRun.of("train", text.toString(), "-o", next.toString(), "--extend-vocab", "--overwrite")
                .refuses(2, "--init-from");
    }

    @Test
    void bytesThatChangeWhileTheyAreTrainedOnEndTheRun() throws IOException {
        Path text = Files.writeString(folder.resolve("bytes.txt"), "the cat sat on the mat\n".repeat(20_000));
        Path bytes = folder.resolve("bytes");
        String[] run = {
            "train",
            text.toString(),
            "-o",
            bytes.toString(),
            "--tokenizer",
            "byte",
            "--preset",
            "tiny",
            "--hidden-size",
            "16",
            "--batch-size",
            "4",
            "--seq-length",
            "8",
            "--epochs",
            "100000",
            "--save-every",
            "200",
            "--sample-length",
            "0",
            "--val-frac",
            "0",
            "--device",
            "cpu",
            "--threads",
            "1",
            "--progress",
            "none"
        };
        Thread change = new Thread(() -> {
            try {
                while (!Files.exists(bytes.resolve("checkpoints/step-00000200"))) {
                    Thread.sleep(5);
                }
                Files.writeString(text, "short");
            } catch (IOException | InterruptedException failure) {
                throw new IllegalStateException(failure);
            }
        });
        change.start();
        CommandRun.of(run).refuses(3, "bytes.txt changed while it was in use");
    }
}
