package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Language models that begin with vectors of words. */
class TextVectorsTest {
    @TempDir
    Path folder;

    private CommandRun train(String... more) throws IOException {
        String[] arguments = {
            "train",
            TinyModel.text(folder).toString(),
            "-o",
            folder.resolve("model").toString(),
            "--overwrite",
            "--tokenizer",
            "word",
            "--hidden-size",
            "8",
            "--num-layers",
            "1",
            "--batch-size",
            "4",
            "--seq-length",
            "8",
            "--max-steps",
            "0",
            "--device",
            "cpu",
            "--threads",
            "1",
            "--progress",
            "none"
        };
        return CommandRun.of(
                Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new));
    }

    @Test
    void theEmbeddingBeginsWithThemAndHowManyWereFoundIsSaid() throws IOException {
        String vectors = Files.writeString(
                        folder.resolve("vectors.txt"), "3 4\ncat 1 2 3 4\nmat -1 0.5 0 2\ndog 9 9 9 9\n")
                .toString();
        CommandRun run = train("--vectors", vectors).succeeds();
        assertTrue(run.err().contains("vectors of 4 numbers for 2 of "), run.err());
        ModelDirectory model = ModelDirectory.open(folder.resolve("model"));
        Map<String, Tensor> weights = model.weights();
        float[] embedding = weights.get("embedding.weight").values();
        Tokenizer tokenizer = model.tokenizer();
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            float[] row = Arrays.copyOfRange(embedding, 4 * id, 4 * id + 4);
            switch (tokenizer.token(id).strip()) {
                case "cat" -> assertArrayEquals(new float[] {1, 2, 3, 4}, row);
                case "mat" -> assertArrayEquals(new float[] {-1, 0.5f, 0, 2}, row);
                default -> assertTrue(row[0] != 0 && row[0] != 9, tokenizer.token(id));
            }
        }
        Path bad = Files.writeString(folder.resolve("bad.txt"), "a mat 9 9 9\ncat 1 2 3\n");
        train("--vectors", bad.toString()).refuses(3, "bad.txt, line 1: 'mat' is no number");
        Files.writeString(bad, "dog 9 9 9 9\ncat 1 2 3\n");
        train("--vectors", bad.toString()).refuses(3, "bad.txt, line 2: ", "which line 1 has");
        train("--vectors", vectors, "--embedding-size", "5").refuses(2, "--embedding-size 5", "4 numbers");
        train("--vectors", vectors, "--tie-weights").refuses(2, "--tie-weights", "--hidden-size 4");
        train("--vectors", vectors, "--tokenizer", "char").refuses(3, "a vector for none of the", "--tokenizer word");
        String started = folder.resolve("model").toString();
        CommandRun.of(
                        "train",
                        folder.resolve("text.txt").toString(),
                        "-o",
                        folder.resolve("next").toString(),
                        "--init-from",
                        started,
                        "--vectors",
                        vectors)
                .refuses(2, "--init-from", "--vectors");
    }
}
