package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerJsonTest {
    private static final String TRAINED_ON =
            "The king said:\n\n\"é e\u0301 👍 中文\", don't\u00A0go. <unk> a b\r\n the\tthe ";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"byte,0", "char,0", "char,12", "word,0", "word,6", "bpe,300"})
    void theHuggingFaceLibraryGivesTheSameIdentifiers(String kind, int size) throws IOException {
        Tokenizer tokenizer = build(kind, size);
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(tokenizer, file);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (HuggingFaceTokenizer theirs = HuggingFaceTokenizer.newInstance(file)) {
            for (int i = 0; i < 300; i++) {
                String text = i == 0 ? TRAINED_ON : RandomText.of(random, 1 + random.nextInt(60));
                long[] expected = theirs.encode(text, false, false).getIds();
                int[] ids = tokenizer.encode(text).ids();
                assertArrayEquals(
                        expected,
                        Arrays.stream(ids).asLongStream().toArray(),
                        () -> kind + ", seed " + seed + ": " + text);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte", "char", "bpe"})
    void theHuggingFaceLibraryDecodesToTheSameText(String kind) throws IOException {
        Tokenizer tokenizer = build(kind, 0);
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(tokenizer, file);
        try (HuggingFaceTokenizer theirs = HuggingFaceTokenizer.newInstance(file)) {
            long[] ids = Arrays.stream(tokenizer.encode(TRAINED_ON).ids())
                    .asLongStream()
                    .toArray();
            assertEquals(TRAINED_ON, theirs.decode(ids));
        }
    }

    @ParameterizedTest
    @CsvSource({"byte,0", "char,0", "char,12", "word,0", "word,6", "bpe,300"})
    void readingUndoesWriting(String kind, int size) {
        Tokenizer tokenizer = build(kind, size);
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(tokenizer, file);
        Tokenizer read = TokenizerJson.read(file);
        assertEquals(kind, read.kind());
        assertEquals(TokenizerJson.toJson(tokenizer), TokenizerJson.toJson(read));
        long seed = new Random().nextLong();
        String text = RandomText.of(new Random(seed), 5000);
        assertArrayEquals(tokenizer.encode(text).ids(), read.encode(text).ids(), "seed " + seed);
    }

    @Test
    void damagedFilesAreRefusedWithTheField() throws IOException {
        String characters = TokenizerJson.toJson(new CharTokenizer(List.of((int) 'a', (int) 'b'), false));
        assertRefused("", "model.vocab");
        assertRefused("[]", "model.vocab");
        assertRefused("{\"model\":", "damaged");
        assertRefused(characters.substring(0, characters.length() / 2), "damaged");
        assertRefused(characters.replace("\"b\" : 1", "\"b\" : 2"), "identifiers in model.vocab");
        assertRefused(characters.replace("\"b\" : 1", "\"b\" : 0"), "identifiers in model.vocab");
        assertRefused(characters.replace("\"b\" : 1", "\"b\" : -1"), "identifiers in model.vocab");
        assertRefused(characters.replace("\"b\" : 1", "\"a\" : 1"), "Duplicate");
        assertRefused(characters.replace("\"b\" : 1", "\"bc\" : 1"), "token 1");
        assertRefused(characters.replace("\"b\" : 1", "\"A\" : 1"), "token 1");
        assertRefused(characters.replace("\"b\" : 1", "\"\\uD800\" : 1"), "surrogate");
        assertRefused(characters.replace("BPE", "Bigram"), "Bigram");
        assertRefused(characters.replace("\"merges\" : [ ]", "\"merges\" : [ \"a b\" ]"), "merge 0");
        assertRefused(TokenizerJson.toJson(new ByteTokenizer()).replace("\"B\" : 66", "\"§§\" : 66"), "every byte");
        String words = TokenizerJson.toJson(new WordTokenizer(List.of("<unk>", "<eos>", "x")));
        assertRefused(words.replace("\"<eos>\" : 1", "\"y\" : 1"), "<eos>");
    }

    @Test
    void aMissingFileIsNamed() {
        LstmGpuException failure =
                assertThrows(LstmGpuException.class, () -> TokenizerJson.read(folder.resolve("none.json")));
        assertEquals(ExitCode.DATA, failure.exitCode());
        assertTrue(failure.getMessage().contains("none.json"), failure::getMessage);
    }

    private void assertRefused(String json, String word) throws IOException {
        Path file = Files.writeString(folder.resolve("damaged.json"), json);
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> TokenizerJson.read(file), json);
        assertEquals(ExitCode.DATA, failure.exitCode());
        assertTrue(failure.getMessage().contains(word), failure::getMessage);
        assertTrue(failure.getMessage().contains("damaged.json"), failure::getMessage);
    }

    private Tokenizer build(String kind, int size) {
        try {
            Path text = Files.writeString(folder.resolve("text"), TRAINED_ON);
            return Vocabulary.build(kind, List.of(text), new TextOptions(size, 1, false));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
