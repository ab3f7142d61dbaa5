package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCacheTest {
    @TempDir
    private Path folder;

    @Test
    void theCacheIsUsedAndADamagedOneIsMadeAgain() throws IOException {
        Path input = file("text", "hello é world");
        Tokenizer tokenizer = build(file("letters", "hello world"));
        String described;
        try (TokenFile tokens = tokenize(List.of(input), tokenizer)) {
            described = description(tokens);
        }
        Path cached = only(folder.resolve("cache"));
        byte[] good = Files.readAllBytes(cached);
        Object identity = Files.getAttribute(cached, "unix:ino");
        tokenize(List.of(input), tokenizer).close();
        assertEquals(identity, Files.getAttribute(cached, "unix:ino"), "made again without need");
        for (int damage = 0; damage < good.length; damage++) {
            byte[] bad = good.clone();
            bad[damage] ^= 0x15;
            Files.write(cached, damage % 3 == 0 ? Arrays.copyOf(good, damage) : bad);
            try (TokenFile tokens = tokenize(List.of(input), tokenizer)) {
                assertEquals("hello  world", TokenizerTest.decode(tokenizer, ids(tokens)), "byte " + damage);
                assertEquals(described, description(tokens), "byte " + damage);
            }
        }
    }

    private static String description(TokenFile tokens) {
        return String.join(
                " ",
                Long.toString(tokens.length()),
                tokens.sha256(),
                Long.toString(tokens.characters()),
                Long.toString(tokens.utf8Bytes()),
                tokens.unknown().toString(),
                Long.toString(tokens.unknownTotal()));
    }

    /** Whole files, but not those of this text. */
    @Test
    void theTokensOfAnotherTextAreMadeAgainWhateverTheyAreCalled() throws IOException {
        Path good = file("good", "hello world");
        Path other = file("other", "world hello");
        Tokenizer tokenizer = build(good);
        tokenize(List.of(good), tokenizer).close();
        Path cached = only(folder.resolve("cache"));
        Files.move(cached, folder.resolve("kept"));
        tokenize(List.of(other), tokenizer).close();
        Path foreign = only(folder.resolve("cache"));
        byte[] content = Files.readAllBytes(foreign);
        Files.move(foreign, cached);
        try (TokenFile tokens = tokenize(List.of(good), tokenizer)) {
            assertEquals("hello world", TokenizerTest.decode(tokenizer, ids(tokens)));
        }
        byte[] whole = Files.readAllBytes(folder.resolve("kept"));
        assertArrayEquals(whole, Files.readAllBytes(cached));
        // The tokens of one and the description of the other, which are of the same length.
        System.arraycopy(content, 0, whole, 0, "hello world".length());
        Files.write(cached, whole);
        try (TokenFile tokens = tokenize(List.of(good), tokenizer)) {
            assertEquals("hello world", TokenizerTest.decode(tokenizer, ids(tokens)));
        }
    }

    @Test
    void tokensThatTheVocabularyLacksAreMadeAgain() throws IOException {
        Path input = file("text", "hello world");
        Tokenizer tokenizer = build(input);
        tokenize(List.of(input), tokenizer).close();
        Path cached = only(folder.resolve("cache"));
        String key = cached.getFileName().toString().replace(".tokens", "");
        TokenCache cache = new TokenCache(folder.resolve("cache"));
        cache.store(key, tokenizer.vocabularySize(), writer -> {
            for (int i = 0; i < 11; i++) {
                writer.accept(200);
            }
            writer.flush();
            return new TokenFile.Description(1, 11, "", 11, 11, Map.of(), 0);
        });
        try (TokenFile tokens = tokenize(List.of(input), tokenizer)) {
            assertEquals("hello world", TokenizerTest.decode(tokenizer, ids(tokens)));
        }
    }

    @Test
    void theCacheTellsTextsAndTokenizersApart() throws IOException {
        Path first = file("first", "ab");
        Path second = file("second", "ba");
        Tokenizer narrow = new CharTokenizer(List.of((int) 'a', (int) 'b'), false);
        Tokenizer wide = new CharTokenizer(List.of((int) 'A', (int) 'a', (int) 'b'), false);
        assertArrayEquals(new int[] {0, 1}, idsOf(List.of(first), narrow));
        assertArrayEquals(new int[] {1, 2}, idsOf(List.of(first), wide));
        assertArrayEquals(new int[] {1, 0}, idsOf(List.of(second), narrow));
        assertArrayEquals(new int[] {0, 1, 1, 0}, idsOf(List.of(first, second), narrow));
        file("first", "bb");
        assertArrayEquals(new int[] {1, 1}, idsOf(List.of(first), narrow));
    }

    @Test
    void aCacheFolderThatCannotBeMadeIsNamedWithTheVariable() throws IOException {
        Path input = file("text", "hello");
        TokenizeOptions options = new TokenizeOptions(false, input.resolve("below"));
        LstmGpuException failure =
                assertThrows(LstmGpuException.class, () -> TextFiles.tokenize(List.of(input), build(input), options));
        assertEquals(ExitCode.FAILED, failure.exitCode());
        assertTrue(failure.getMessage().contains("LSTM_GPU_CACHE"), failure::getMessage);
    }

    private int[] idsOf(List<Path> inputs, Tokenizer tokenizer) {
        try (TokenFile tokens = tokenize(inputs, tokenizer)) {
            return ids(tokens);
        }
    }

    private static Tokenizer build(Path input) {
        return Vocabulary.build("char", List.of(input), TextOptions.DEFAULT);
    }

    private TokenFile tokenize(List<Path> inputs, Tokenizer tokenizer) {
        return TextFiles.tokenize(inputs, tokenizer, new TokenizeOptions(false, folder.resolve("cache")));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static int[] ids(TokenFile tokens) {
        return IntStream.range(0, Math.toIntExact(tokens.length()))
                .map(tokens::token)
                .toArray();
    }

    private static Path only(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            List<Path> all = new ArrayList<>(files.toList());
            assertEquals(1, all.size());
            assertFalse(all.getFirst().getFileName().toString().startsWith("."));
            return all.getFirst();
        }
    }
}
