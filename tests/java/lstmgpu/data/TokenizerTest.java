package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    @TempDir
    private Path folder;

    @Test
    void byteTokensAreTheBytes() {
        Tokenizer tokenizer = build("byte", "anything", TextOptions.DEFAULT);
        assertEquals(256, tokenizer.vocabularySize());
        assertArrayEquals(
                new int[] {'A', 0xC3, 0xA9, 0, 0xF0, 0x9F, 0x91, 0x8D},
                tokenizer.encode("Aé\0👍").ids());
        assertEquals("A", tokenizer.token('A'));
        assertEquals("\\n", tokenizer.token('\n'));
        assertEquals("\\xC3", tokenizer.token(0xC3));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.token(256));
    }

    @Test
    void charTokensAreSortedByCodePointNotByUtf16() {
        Tokenizer tokenizer = build("char", "\uFFFD👍ba\nab", TextOptions.DEFAULT);
        List<String> tokens = IntStream.range(0, tokenizer.vocabularySize())
                .mapToObj(tokenizer::token)
                .toList();
        assertEquals(List.of("\\n", "a", "b", "\uFFFD", "👍"), tokens);
        assertArrayEquals(new int[] {4, 0, 2}, tokenizer.encode("👍\nb").ids());
    }

    @Test
    void whatCharLacksIsLeftOutButNamedAndCounted() {
        Tokenizer tokenizer = build("char", "abc", TextOptions.DEFAULT);
        Tokenizer.Encoding encoding = tokenizer.encode("a👍xbxc");
        assertArrayEquals(new int[] {0, 1, 2}, encoding.ids());
        assertEquals(List.of("👍", "x"), List.copyOf(encoding.unknown().keySet()));
        assertEquals(Map.of("👍", 1, "x", 2), encoding.unknown());
    }

    @Test
    void limitsOfCharKeepTheMostFrequentAndAddUnknown() {
        Tokenizer tokenizer = build("char", "zzzzaaabbcd", new TextOptions(4, 1, false));
        List<String> tokens = IntStream.range(0, tokenizer.vocabularySize())
                .mapToObj(tokenizer::token)
                .toList();
        assertEquals(List.of("a", "b", "z", "<unk>"), tokens);
        Tokenizer.Encoding encoding = tokenizer.encode("azcz");
        assertArrayEquals(new int[] {0, 2, 3, 2}, encoding.ids());
        assertEquals(Map.of("c", 1), encoding.unknown());
        assertEquals(
                3, build("char", "zzzzaaabbcd", new TextOptions(0, 3, false)).vocabularySize());
        assertEquals(
                5, build("char", "zzzzaaabbcd", new TextOptions(5, 1, false)).vocabularySize());
    }

    @Test
    void wordsAreRankedByFrequencyThenByCodePoint() {
        Tokenizer tokenizer = build("word", "b a b\r\n👍 \uFFFD a b\n\nc", TextOptions.DEFAULT);
        List<String> tokens = IntStream.range(0, tokenizer.vocabularySize())
                .mapToObj(tokenizer::token)
                .toList();
        assertEquals(List.of("<unk>", "<eos>", "b", "a", "c", "\uFFFD", "👍"), tokens);
        Tokenizer.Encoding encoding = tokenizer.encode("a new b\u3000new\n");
        assertArrayEquals(new int[] {3, 0, 2, 0, 1}, encoding.ids());
        assertEquals(Map.of("new", 2), encoding.unknown());
    }

    @Test
    void limitsOfWordAlwaysKeepUnknownAndLineEnd() {
        Tokenizer tokenizer = build("word", "a a a b b c <unk> <unk>", new TextOptions(4, 1, false));
        List<String> tokens = IntStream.range(0, tokenizer.vocabularySize())
                .mapToObj(tokenizer::token)
                .toList();
        assertEquals(List.of("<unk>", "a", "b", "<eos>"), tokens);
        assertEquals(
                4, build("word", "a a a b b c", new TextOptions(0, 2, false)).vocabularySize());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "Hello, world!|Hello , world !",
                "\"I don't,\" he said.|\" I don't , \" he said .",
                "pi is 3.14, not 3,000|pi is 3.14 , not 3,000",
                "a well-known (old) man|a well-known ( old ) man",
                "so ... no -- yes|so ... no -- yes",
                "the <unk> of @-@ <eos>|the <unk> of @-@ <eos>",
                "one@two.org costs $5|one @ two . org costs $ 5",
                "the dogs' king 's|the dogs ' king 's"
            })
    void wordsAndPunctuationAreApart(String text, String expected) {
        Tokenizer tokenizer = build("word", text, TextOptions.DEFAULT);
        String tokens = Arrays.stream(tokenizer.encode(text).ids())
                .mapToObj(tokenizer::token)
                .collect(Collectors.joining(" "));
        assertEquals(expected, tokens);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Hello, world! The dogs' king's \"new, old\" (and [only]) song...",
                "She said: 'no', it costs $5 or 3.14%; don't\ngo to and/or—well—\"him\"",
                "ROMEO:\nIs she a Capulet?\nO dear account! my life is my foe's debt."
            })
    void decodedWordsReadLikeText(String text) {
        Tokenizer tokenizer = build("word", text, TextOptions.DEFAULT);
        assertEquals(text, decode(tokenizer, tokenizer.encode(text).ids()));
    }

    /** One token for each of 150 line ends, whatever they are. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n", "\n\r\n\r"})
    void everyLineEndIsOneToken(String ends) {
        String text = ("a word" + ends).repeat(ends.length() == 4 ? 50 : 150);
        Tokenizer tokenizer = build("word", text, TextOptions.DEFAULT);
        int lineEnd = tokenizer.encode("\n").ids()[0];
        assertEquals(
                150,
                Arrays.stream(tokenizer.encode(text).ids())
                        .filter(id -> id == lineEnd)
                        .count());
    }

    /** What a model of an earlier build has learnt stays what it is. */
    @Test
    void wordsOfEarlierModelsKeepTheirPunctuation() {
        Tokenizer tokenizer =
                new WordTokenizer(List.of("<unk>", "<eos>", "Hello,", "world!", "don't"), WordSplitting.WHITE_SPACE);
        int[] ids = tokenizer.encode("Hello, world!\r\ndon't\rworld").ids();
        assertArrayEquals(new int[] {2, 3, 1, 4, 0}, ids);
        assertEquals("Hello, world!\ndon't <unk>", decode(tokenizer, ids));
    }

    /** Blocks of a text end anywhere. */
    @Test
    void wordsAreTheSameHoweverATextIsCut() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            String text = RandomText.of(random, 60);
            List<String> whole = new ArrayList<>();
            List<String> pieces = new ArrayList<>();
            TextEncoder first = WordSplitting.PUNCTUATION.splitter(whole::add);
            first.accept(text.toCharArray(), 0, text.length());
            first.finish();
            TextEncoder second = WordSplitting.PUNCTUATION.splitter(pieces::add);
            for (int from = 0; from < text.length(); ) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(5));
                to += to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
                second.accept(text.toCharArray(), from, to);
                from = to;
            }
            second.finish();
            assertEquals(whole, pieces, "seed " + seed);
        }
    }

    @Test
    void wordDecodingPutsSpacesBetweenWordsAndLineFeeds() {
        Tokenizer tokenizer = build("word", "the king\nsaid no", TextOptions.DEFAULT);
        int[] ids = tokenizer.encode("  the\tking \nsaid no\n\n no").ids();
        assertEquals("the king\nsaid no\n\nno", decode(tokenizer, ids));
    }

    @Test
    void decodingUndoesEncoding() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            String text = "x" + RandomText.of(random, 1 + random.nextInt(200));
            for (String kind : List.of("byte", "char")) {
                Tokenizer tokenizer = build(kind, text, TextOptions.DEFAULT);
                assertEquals(text, decode(tokenizer, tokenizer.encode(text).ids()), kind + ", seed " + seed);
            }
        }
    }

    @Test
    void forgettingRareWordsBoundsTheMemoryAndKeepsTheFrequent() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("often w").append(i).append(' ');
        }
        Path file = Files.writeString(folder.resolve("many"), text);
        Tokenizer tokenizer = Vocabulary.words(
                new TextSource(TextInputs.of(List.of(file)), false)::encode, TextOptions.DEFAULT, 100_000);
        assertEquals("often", tokenizer.token(1));
        assertTrue(tokenizer.vocabularySize() < 3000, () -> "kept " + tokenizer.vocabularySize());
    }

    @Test
    void wrongOptionsAreUsageErrors() {
        assertUsage("--tokenizer", () -> build("none", "x", TextOptions.DEFAULT));
        assertUsage("--vocab-size", () -> new TextOptions(2, 1, false));
        assertUsage("--vocab-size", () -> new TextOptions(-1, 1, false));
        assertUsage("--min-freq", () -> new TextOptions(0, 0, false));
        assertUsage("--vocab-size", () -> build("byte", "x", new TextOptions(100, 1, false)));
        assertUsage("--min-freq", () -> build("char", "xyz", new TextOptions(0, 2, false)));
    }

    @Test
    void wordTokenizerRefusesWordsThatCannotOccur() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new WordTokenizer(List.of("a", "<unk>", "<eos>"), WordSplitting.PUNCTUATION));
        assertThrows(
                IllegalArgumentException.class,
                () -> new WordTokenizer(List.of("<unk>", "a"), WordSplitting.PUNCTUATION));
        assertThrows(
                IllegalArgumentException.class,
                () -> new WordTokenizer(List.of("<unk>", "<eos>", "a", "a"), WordSplitting.PUNCTUATION));
        assertThrows(
                IllegalArgumentException.class,
                () -> new WordTokenizer(List.of("<unk>", "<eos>", "a b"), WordSplitting.PUNCTUATION));
        assertFalse(WordSplitter.isWhiteSpace('\u200B'));
    }

    static String decode(Tokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Tokenizer.Decoder decoder = tokenizer.decoder();
        for (int id : ids) {
            bytes.writeBytes(decoder.next(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private Tokenizer build(String kind, String text, TextOptions options) {
        try {
            return Vocabulary.build(kind, List.of(Files.writeString(folder.resolve("text"), text)), options);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static void assertUsage(String flag, Runnable body) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, body::run);
        assertEquals(ExitCode.USAGE, failure.exitCode());
        assertTrue(failure.getMessage().contains(flag), failure::getMessage);
    }
}
