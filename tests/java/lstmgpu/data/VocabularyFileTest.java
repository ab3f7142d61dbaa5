package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vocabularies of other programs in the forms in which they come. */
class VocabularyFileTest {
    @TempDir
    private Path folder;

    private VocabularyFile.Found read(String name, String content, String kind, int size) throws IOException {
        return VocabularyFile.read(Files.writeString(folder.resolve(name), content), kind, size);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"b\",\"a\",\"\\n\"]",
                "{\"b\":0,\"\\n\":2,\"a\":1}",
                "{\"0\":\"b\",\"1\":\"a\",\"2\":\"\\n\"}",
                "b\na\n\\n\n",
                "b\r\na\r\n\\n\r\n",
                "b\na\n\\n",
            })
    void charactersInEveryForm(String content) throws IOException {
        VocabularyFile.Found found = read("vocabulary", content, null, 3);
        assertEquals("char", found.tokenizer().kind());
        assertArrayEquals(new int[] {2, 1, 0}, found.places());
        assertArrayEquals(new int[] {2, 1, 0}, found.tokenizer().encode("ba\n").ids());
    }

    /** Bracket and brace are characters too. */
    @Test
    void aListOfLinesMayBeginLikeJson() throws IOException {
        assertEquals(
                4,
                read("vocabulary.txt", "{\n}\n[\n\\s\n", "char", 4).tokenizer().vocabularySize());
    }

    /** It would be written as a question mark, of which there may be one already. */
    @Test
    void halfOfACharacterIsRefused() {
        LstmGpuException refused =
                assertThrows(LstmGpuException.class, () -> read("chars.json", "[\"?\",\"a\",\"\\ud83d\"]", "char", 3));
        assertEquals(ExitCode.DATA, refused.exitCode());
        assertTrue(refused.getMessage().contains("token 2 has half of a character"), refused.getMessage());
    }

    @Test
    void wordsStayInTheirOrderBehindTheUnknown() throws IOException {
        VocabularyFile.Found found = read("words.txt", "the\ncat\n</s>\n[UNK]\n", null, 4);
        assertEquals("word", found.tokenizer().kind());
        assertArrayEquals(new int[] {3, 0, 1, 2}, found.places());
        assertArrayEquals(
                new int[] {1, 2, 0, 3},
                found.tokenizer().encode("the cat barks\n").ids());
    }

    /** Marks that are no characters stay where they are; the file that is written is read again. */
    @Test
    void marksStayBesideCharacters() throws IOException {
        VocabularyFile.Found found = read("chars.json", "[\"<pad>\",\"<unk>\",\"b\",\"a\",\" \",\"é\"]", "char", 6);
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, found.places());
        Path written = folder.resolve("tokenizer.json");
        TokenizerJson.write(found.tokenizer(), written);
        for (Tokenizer tokenizer : new Tokenizer[] {found.tokenizer(), TokenizerJson.read(written)}) {
            assertArrayEquals(
                    new int[] {3, 2, 4, 5, 1}, tokenizer.encode("ab éx").ids());
            assertEquals(6, tokenizer.vocabularySize());
        }
    }

    @Test
    void aTokenizerIsTakenAsItIs() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(new ByteTokenizer(), file);
        assertEquals("byte", VocabularyFile.read(file, null, 256).tokenizer().kind());
        refuses(file, null, 255, "256 tokens where the weights have 255");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.json | ['a','b'] | 3 | 2 tokens where the weights have 3",
                "a.json | ['a','a'] | 2 | tokens 0 and 1 are the same: 'a'",
                "a.json | ['a',''] | 2 | token 1 is empty",
                "a.json | ['a',1] | 2 | is no text",
                "a.json | {'a':0,'b':2} | 2 | not 0 to 1, each once",
                "a.json | {'a':0,'b':0} | 2 | not 0 to 1, each once",
                "a.json | {'a':0,'a':1} | 2 | no JSON",
                "a.json | ['the','cat'] | 2 | no <unk>",
                "a.json | ['<unk>','cat','dog'] | 3 | no <eos>",
                "a.json | ['<unk>','<eos>','a dog'] | 3 | white space",
                "a.json | 7 | 1 | neither a list",
                "a.json | [ | 1 | no JSON",
                "a.txt | a,,b | 1 | no characters",
            })
    void unfitOnesAreRefused(String name, String content, int size, String reason) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content.replace('\'', '"'));
        refuses(file, name.endsWith("txt") ? "char" : null, size, reason);
    }

    @Test
    void otherEncodingsAreRefused() throws IOException {
        refuses(Files.write(folder.resolve("latin"), new byte[] {(byte) 0xE9, '\n'}), null, 1, "UTF-8");
        refuses(folder.resolve("nothing"), null, 1, "no such file");
    }

    private static void refuses(Path file, String kind, int size, String reason) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> VocabularyFile.read(file, kind, size));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count());
    }
}
