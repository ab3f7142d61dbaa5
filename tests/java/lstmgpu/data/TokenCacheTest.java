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
        Path input = file("text", "hello world");
        Tokenizer tokenizer = build(input);
        tokenize(List.of(input), tokenizer).close();
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
                assertEquals("hello world", TokenizerTest.decode(tokenizer, ids(tokens)), "byte " + damage);
                assertEquals(11, tokens.length());
            }
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
