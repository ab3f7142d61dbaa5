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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerJsonTest {
    private static final String TRAINED_ON =
            "The king said:\n\n\"é e\u0301 👍 中文\", don't\u00A0go. <unk> a b\r\n the\tthe ";

    private static final String HARD =
            "\"Hello, world!\" don't 'tis dogs' king's 's'd 'll 'llama 'S_ 'RE- 3.14 1,000.5, 12:30. v2.0-rc1"
                + " well-known -5 -- --- - a--b ... .. .a. x... <unk> <eos> <|user|> <b>bold</b> a<b and c>d <<x>> <>"
                + " <"
                    + "y".repeat(40) + "> <" + "y".repeat(41)
                    + "> @-@ @,@ @.@ @-x @@ a@b.c U.S. e.g. (f(x)) [1] {2} $5 5% €7 ±3 ≠ ½ Ⅷ x² __init__ می\u200Cخواهم"
                    + " ’s ‘quoted’ “double” «fr» 👩\u200D👩\u200D👧 ❤\uFE0F 🇩🇪 e\u0301s \u0301x 9\u0301.5 9.\u0301"
                    + " a\u200D'b 1'000 O'Neil's rock'n'roll\r\n"
                    + "x\r"
                    + "y\n\n\r"
                    + "z\u0085w\u2028v\u0000\u0001\u00ADk";

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

    /** Words as earlier builds split them, and as this one does. */
    @ParameterizedTest
    @EnumSource
    void wordsAreSplitAsTheFileSays(WordSplitting splitting) throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String known = HARD + " " + RandomText.of(random, 400);
        Set<String> words = new LinkedHashSet<>(List.of("<unk>", "<eos>"));
        TextEncoder splitter = splitting.splitter(words::add);
        splitter.accept(known.toCharArray(), 0, known.length());
        splitter.finish();
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(new WordTokenizer(List.copyOf(words), splitting), file);
        Tokenizer tokenizer = TokenizerJson.read(file);
        assertEquals(splitting, ((WordTokenizer) tokenizer).splitting());
        try (HuggingFaceTokenizer theirs = HuggingFaceTokenizer.newInstance(file)) {
            for (int i = 0; i < 300; i++) {
                String odd = RandomText.of(random, 1 + random.nextInt(60));
                String text = i == 0 ? HARD : i % 2 == 0 ? odd : RandomText.part(HARD, random) + odd;
                assertArrayEquals(
                        theirs.encode(text, false, false).getIds(),
                        Arrays.stream(tokenizer.encode(text).ids())
                                .asLongStream()
                                .toArray(),
                        () -> splitting + ", seed " + seed + ": " + text);
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
        String words =
                TokenizerJson.toJson(new WordTokenizer(List.of("<unk>", "<eos>", "x"), WordSplitting.PUNCTUATION));
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
