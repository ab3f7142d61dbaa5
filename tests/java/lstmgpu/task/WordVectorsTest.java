package lstmgpu.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.TextOptions;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordVectorsTest {
    private static final Tokenizer WORDS =
            Vocabulary.build("word", List.of("The cat saw", "the dog"), "two texts", TextOptions.DEFAULT);

    @TempDir
    Path folder;

    private WordVectors read(String text) throws IOException {
        return WordVectors.read(Files.writeString(folder.resolve("vectors.txt"), text), WORDS);
    }

    private static float[] rowOf(WordVectors vectors, String word) {
        float[] embedding = new float[WORDS.vocabularySize() * vectors.size()];
        Arrays.fill(embedding, -1);
        vectors.putInto(embedding);
        int id = 0;
        while (!WORDS.token(id).equals(word)) {
            id++;
        }
        return Arrays.copyOfRange(embedding, id * vectors.size(), (id + 1) * vectors.size());
    }

    @Test
    void gloveAndWord2vecGiveTheSame() throws IOException {
        String lines = "the 0.5 -1e-2\ncat 3 4\n. . . 7 8\nother x y\nDog 5 6\n";
        for (String text : List.of(lines, "5 2\n" + lines.replace("8\n", "8 \n"))) {
            WordVectors vectors = read(text);
            assertEquals(2, vectors.size());
            assertEquals(3, vectors.found());
            assertArrayEquals(new float[] {0.5f, -0.01f}, rowOf(vectors, "the"));
            assertArrayEquals(new float[] {0.5f, -0.01f}, rowOf(vectors, "The"), "in lower case");
            assertArrayEquals(new float[] {3, 4}, rowOf(vectors, "cat"));
            assertArrayEquals(new float[] {-1, -1}, rowOf(vectors, "dog"), "as it was");
        }
    }

    @Test
    void aTokensOwnFormComesFirst() throws IOException {
        for (String text : List.of("the 1 1\nThe 2 2\n", "The 2 2\nthe 1 1\n")) {
            assertArrayEquals(new float[] {2, 2}, rowOf(read(text), "The"));
            assertArrayEquals(new float[] {1, 1}, rowOf(read(text), "the"));
        }
    }

    private void refused(String text, String... parts) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> read(text));
        assertEquals(ExitCode.DATA, failure.exitCode());
        for (String part : parts) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }
    }

    @Test
    void aLineThatIsNoVectorIsNamed() {
        refused("the 1 2\ncat 1\n", "vectors.txt, line 2", "fewer than 2 numbers");
        refused("the 1 2\ncat 1 two\n", "line 2", "'two' is no number");
        refused("the 1 2\ncat 1 NaN\n", "line 2", "'NaN' is not finite");
        refused("the 1 2\ncat 1 1e999\n", "line 2", "not finite");
        refused("the\n", "line 1", "0 numbers");
        refused("3 99999999\nthe 1\n", "line 1", "99,999,999 numbers");
        refused("un 1 2\nchat 1 2\n", "none of the");
    }
}
