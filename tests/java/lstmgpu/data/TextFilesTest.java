package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextFilesTest {
    private static final Path SHAKESPEARE = Path.of("../shared/data/tinyshakespeare.txt");

    @TempDir
    private Path folder;

    @Test
    void streamingGivesTheSameTokensAsEncodingInMemory() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 6; i++) {
            String first = "x".repeat(random.nextInt(5)) + "é" + RandomText.of(random, 30_000);
            String second = "y" + RandomText.of(random, 100);
            List<Path> inputs = List.of(file("first", first), file("second", second));
            for (String kind : List.of("byte", "char", "word")) {
                Tokenizer tokenizer = Vocabulary.build(kind, inputs, TextOptions.DEFAULT);
                try (TokenFile tokens = tokenize(inputs, tokenizer, false)) {
                    assertArrayEquals(tokenizer.encode(first + second).ids(), ids(tokens), kind + ", seed " + seed);
                    String text = first + second;
                    assertEquals(text.codePointCount(0, text.length()), tokens.characters(), kind + ", seed " + seed);
                    assertEquals(text.getBytes(StandardCharsets.UTF_8).length, tokens.utf8Bytes(), "seed " + seed);
                    assertEquals(Map.of(), tokens.unknown());
                }
            }
        }
    }

    @Test
    void tokensTakeAsManyBytesAsTheVocabularyNeeds() throws Exception {
        StringBuilder text = new StringBuilder();
        IntStream.range(0x4E00, 0x4E00 + 300).forEach(text::appendCodePoint);
        Path two = file("two", text.toString());
        IntStream.range(0x20000, 0x20000 + 42_000).forEach(text::appendCodePoint);
        IntStream.range(0x4F2C, 0x9FFF).forEach(text::appendCodePoint);
        IntStream.range(0xAC00, 0xD7A3).forEach(text::appendCodePoint);
        Path four = file("four", text.toString());
        for (Path input : List.of(two, four)) {
            Tokenizer tokenizer = Vocabulary.build("char", List.of(input), TextOptions.DEFAULT);
            try (TokenFile tokens = tokenize(List.of(input), tokenizer, false)) {
                assertEquals(input.equals(two) ? 2 : 4, tokens.bytesPerToken());
                assertArrayEquals(tokenizer.encode(Files.readString(input)).ids(), ids(tokens));
                MemorySegment slice = tokens.slice(7, 20);
                assertEquals(20L * tokens.bytesPerToken(), slice.byteSize());
                assertEquals(tokens.token(7) & 0xFF, Byte.toUnsignedInt(slice.get(ValueLayout.JAVA_BYTE, 0)));
            }
        }
    }

    @Test
    void theHashIsTheOneOfTheBytes() throws Exception {
        Path first = file("first", "\uFEFFab");
        Path second = file("second", "c\r\n");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(first));
        String expected = HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        for (String kind : List.of("byte", "char", "word")) {
            Tokenizer tokenizer = Vocabulary.build(kind, List.of(first), TextOptions.DEFAULT);
            try (TokenFile tokens = tokenize(List.of(first), tokenizer, false)) {
                assertEquals(expected, tokens.sha256());
            }
        }
        digest.update(Files.readAllBytes(second));
        try (TokenFile tokens = tokenize(List.of(first, second), new ByteTokenizer(), false)) {
            assertEquals(HexFormat.of().formatHex(digest.digest()), tokens.sha256());
        }
    }

    @Test
    void byteOrderMarkCarriageReturnsAndNulWork() {
        Path input = file("odd", "\uFEFFa\0\r\nb\uFEFF");
        Tokenizer characters = Vocabulary.build("char", List.of(input), TextOptions.DEFAULT);
        assertArrayEquals(
                new int[] {3, 0, 2, 1, 4, 5},
                characters.encode("a\0\r\nb\uFEFF").ids());
        try (TokenFile tokens = tokenize(List.of(input), characters, false)) {
            assertArrayEquals(new int[] {3, 0, 2, 1, 4, 5}, ids(tokens));
            assertEquals(6, tokens.characters());
            assertEquals(8, tokens.utf8Bytes());
        }
        Tokenizer words = Vocabulary.build("word", List.of(input), TextOptions.DEFAULT);
        try (TokenFile tokens = tokenize(List.of(input), words, false)) {
            assertEquals("a \0\nb \uFEFF", TokenizerTest.decode(words, ids(tokens)));
        }
        try (TokenFile tokens = tokenize(List.of(input), new ByteTokenizer(), false)) {
            assertEquals(11, tokens.length());
            assertEquals(0xEF, tokens.token(0));
        }
    }

    @Test
    void onlyTheByteOrderMarkAtTheBeginningIsLeftOut() {
        Path input = file("marks", "\uFEFF".repeat(200_000));
        Tokenizer tokenizer = Vocabulary.build("char", List.of(input), TextOptions.DEFAULT);
        try (TokenFile tokens = tokenize(List.of(input, input), tokenizer, false)) {
            assertEquals(2 * 199_999, tokens.length());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte", "char", "word"})
    void linesEndWithALineEndInEveryFile(String kind) {
        List<Path> inputs = List.of(file("first", "ann"), file("second", "bob\n"), file("third", "\ncy"));
        Tokenizer tokenizer = Vocabulary.build(kind, inputs, new TextOptions(0, 1, true));
        try (TokenFile tokens = tokenize(inputs, tokenizer, true)) {
            assertEquals("ann\nbob\n\ncy\n", TokenizerTest.decode(tokenizer, ids(tokens)));
            assertEquals(12, tokens.characters());
            assertEquals(12, tokens.utf8Bytes());
        }
        try (TokenFile tokens = tokenize(inputs, tokenizer, false)) {
            String together = kind.equals("word") ? "<unk>" : "annbob";
            assertEquals(together + "\n\ncy", TokenizerTest.decode(tokenizer, ids(tokens)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte", "char", "word"})
    void nothingIsAddedBehindACarriageReturn(String kind) {
        List<Path> inputs = List.of(file("first", "ann\r"), file("second", "bob\r\n"));
        Tokenizer tokenizer = Vocabulary.build(kind, inputs, new TextOptions(0, 1, true));
        try (TokenFile tokens = tokenize(inputs, tokenizer, true)) {
            String expected = kind.equals("word") ? "ann\nbob\n" : "ann\rbob\r\n";
            assertEquals(expected, TokenizerTest.decode(tokenizer, ids(tokens)));
            assertEquals(9, tokens.characters());
        }
    }

    @Test
    void whatTheVocabularyLacksIsNamedAndCounted() {
        Tokenizer tokenizer = Vocabulary.build("char", List.of(file("seen", "abc")), TextOptions.DEFAULT);
        Path other = file("other", "a€b€ü");
        for (int reuse = 0; reuse < 2; reuse++) {
            try (TokenFile tokens = tokenize(List.of(other), tokenizer, false)) {
                assertArrayEquals(new int[] {0, 1}, ids(tokens));
                assertEquals(Map.of("€", 2L, "ü", 1L), tokens.unknown());
                assertEquals(3, tokens.unknownTotal());
                assertEquals(5, tokens.characters());
            }
        }
        assertData(() -> tokenize(List.of(file("foreign", "xyz")), tokenizer, false), "foreign", "no token");
    }

    @Test
    void invalidUtf8IsNamedWithItsOffset() throws IOException {
        for (int good : List.of(0, 1, 5, 65_534, 65_535, 65_536, 200_000)) {
            for (String bad : List.of("C3", "C378", "FF78", "EDA080", "C080", "F4908080")) {
                byte[] tail = HexFormat.of().parseHex(bad);
                byte[] bytes = new byte[good + tail.length];
                java.util.Arrays.fill(bytes, (byte) 'a');
                System.arraycopy(tail, 0, bytes, good, tail.length);
                List<Path> inputs = List.of(Files.write(folder.resolve("latin"), bytes));
                String offset = "offset %d;".formatted(good);
                String size = "%,d bytes".formatted(bytes.length);
                for (String kind : List.of("char", "word")) {
                    assertData(
                            () -> Vocabulary.build(kind, inputs, TextOptions.DEFAULT),
                            "latin",
                            offset,
                            "--tokenizer byte",
                            size);
                }
            }
        }
        Path input = folder.resolve("latin");
        Tokenizer tokenizer = new CharTokenizer(List.of((int) 'a'), false);
        assertData(() -> tokenize(List.of(input), tokenizer, false), "latin", "offset 200000;");
        assertEquals(0, entries(folder.resolve("cache")), "nothing half written stays");
        tokenize(List.of(input), new ByteTokenizer(), false).close();
    }

    @Test
    void filesThatCannotBeReadAreNamedWithTheirSize() throws IOException {
        Path empty = file("empty.txt", "");
        assertData(() -> build(folder.resolve("none.txt")), "none.txt", "does not exist");
        assertData(() -> build(folder), folder.toString(), "folder");
        assertData(() -> build(empty), "empty.txt", "0 bytes");
        assertData(() -> build(file("mark.txt", "\uFEFF")), "mark.txt", "byte-order mark");
        assertData(() -> build(Path.of("/dev/null")), "/dev/null", "regular file");
        for (Path input : List.of(empty, folder, folder.resolve("none.txt"))) {
            assertData(() -> tokenize(List.of(input), new ByteTokenizer(), false), input.toString());
        }
        assertThrows(LstmGpuException.class, () -> tokenize(List.of(), new ByteTokenizer(), false));
    }

    @Test
    void anUnreadableFileIsNamedWithItsSize() throws IOException {
        Path secret = file("secret.txt", "12345");
        Files.setPosixFilePermissions(secret, java.util.Set.of());
        assumeFalse(Files.isReadable(secret), "this user reads everything");
        assertData(() -> build(secret), "secret.txt", "5 bytes", "permission");
    }

    @Test
    void tinyshakespeareHasItsKnownFigures() {
        assumeTrue(Files.exists(SHAKESPEARE), SHAKESPEARE + " is not there");
        Tokenizer tokenizer = build(SHAKESPEARE);
        assertEquals(65, tokenizer.vocabularySize());
        try (TokenFile tokens = tokenize(List.of(SHAKESPEARE), tokenizer, false)) {
            assertEquals(1_115_394, tokens.length());
            assertEquals(1_115_394, tokens.characters());
            assertEquals("F", tokenizer.token(tokens.token(0)));
        }
    }

    private static Tokenizer build(Path input) {
        return Vocabulary.build("char", List.of(input), TextOptions.DEFAULT);
    }

    private TokenFile tokenize(List<Path> inputs, Tokenizer tokenizer, boolean lines) {
        return TextFiles.tokenize(inputs, tokenizer, new TokenizeOptions(lines, folder.resolve("cache")));
    }

    private Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static int[] ids(TokenFile tokens) {
        return IntStream.range(0, Math.toIntExact(tokens.length()))
                .map(tokens::token)
                .toArray();
    }

    private static int entries(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return (int) files.count();
        }
    }

    private static void assertData(Runnable body, String... words) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, body::run);
        assertEquals(ExitCode.DATA, failure.exitCode(), failure::getMessage);
        for (String word : words) {
            assertTrue(failure.getMessage().contains(word), () -> word + " is not in: " + failure.getMessage());
        }
    }
}
