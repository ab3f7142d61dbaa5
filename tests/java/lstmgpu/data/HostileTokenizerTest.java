package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.ChildProcess;
import lstmgpu.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A {@code tokenizer.json} that somebody made to do harm is refused soon, in a sentence, and without much memory. */
@Execution(ExecutionMode.CONCURRENT)
class HostileTokenizerTest {
    private static final int FILES = 56;
    private static final long MILLISECONDS = 2000;
    private static final int TOKENS = 130_000;

    /** What the message says of each whose reason does not hang on how fast the machine is. */
    private static final Map<String, List<String>> REASONS = Map.ofEntries(
            Map.entry(
                    "takes more than 1,000 steps",
                    List.of(
                            "40 doublings",
                            "decompositions",
                            "letters of letters",
                            "99 ByteLevels",
                            "deep sequences",
                            "tokens within tokens",
                            "words of any length",
                            "spaces that begin spaces",
                            "long suffix")),
            Map.entry("it makes more than ", List.of("longest replacement", "endless table", "doublings of a token")),
            Map.entry(
                    "characters, which is more than 10,000",
                    List.of("replacement of 8 MB", "prefix of 8 MB", "mark of 1 MB", "token of 1 MB")),
            Map.entry("4,200 characters, which is more than 4,096", List.of("long expression")),
            Map.entry("999 elements, which is more than 100", List.of("spaced ideographs")),
            Map.entry("is not one character", List.of("empty delimiter", "Strip of nothing")),
            Map.entry("no number from 0 to 10,000", List.of("Strip of much")),
            Map.entry("pattern.String is empty", List.of("30 replacements of nothing")),
            Map.entry("something behind the end", List.of("text behind the end")),
            Map.entry("holds more than ", List.of("many numbers", "700000 tokens")),
            Map.entry(
                    "more memory than any tokenizer needs",
                    List.of("3000000 tokens", "lists of nothing", "one merge", "added fields")),
            Map.entry("more than such a file ever needs", List.of("10000000 tokens")));

    private static final String GPT4O = String.join(
            "|",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            "\\p{N}{1,3}",
            " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*",
            "\\s*[\\r\\n]+",
            "\\s+(?!\\S)",
            "\\s+");

    @TempDir
    Path folder;

    @Test
    void eachIsRefusedWithinTwoSecondsAnd300Megabytes() {
        ChildProcess child = ChildProcess.of(
                Map.of("JDK_JAVA_OPTIONS", "-Xmx300m"), HostileTokenizers.class.getName(), folder.toString());
        assertEquals(0, child.code(), child::err);
        List<String> lines = child.out().lines().toList();
        assertEquals(FILES, lines.size(), child::out);
        for (String line : lines) {
            String[] fields = line.split("\t", -1);
            assertEquals(Integer.toString(ExitCode.DATA.code()), fields[1], line);
            assertTrue(Long.parseLong(fields[2]) < MILLISECONDS, line);
            assertTrue(fields[3].contains(folder.toString()), line);
            assertFalse(fields[3].contains("Exception") || fields[3].length() > 500, line);
        }
        REASONS.forEach((reason, names) -> names.forEach(name -> {
            List<String> own =
                    lines.stream().filter(line -> line.startsWith(name + "\t")).toList();
            assertFalse(own.isEmpty(), name);
            own.forEach(line -> assertTrue(line.contains(reason), line));
        }));
    }

    /** As large as those of large models, on lines of more than a part: bounds are far away from what people use. */
    @Test
    void largeVocabulariesAndLongLinesAreNoHarm() throws IOException {
        ObjectNode file = SubwordFiles.all().get("llama3");
        ObjectNode model = (ObjectNode) file.path("model");
        ObjectNode vocabulary = (ObjectNode) model.path("vocab");
        ArrayNode merges = (ArrayNode) model.path("merges");
        List<String> tokens = new ArrayList<>();
        vocabulary.fieldNames().forEachRemaining(tokens::add);
        Random random = new Random(1);
        while (tokens.size() < TOKENS) {
            String left = tokens.get(random.nextInt(tokens.size()));
            String right = tokens.get(random.nextInt(tokens.size()));
            if (left.length() + right.length() < 20 && !vocabulary.has(left + right)) {
                vocabulary.put(left + right, tokens.size());
                tokens.add(left + right);
                merges.addArray().add(left).add(right);
            }
        }
        file.putArray("added_tokens");
        Path path = Files.writeString(folder.resolve("tokenizer.json"), file.toString());
        Tokenizer tokenizer = TokenizerJson.read(path, TOKENS);
        assertEquals(TOKENS, tokenizer.vocabularySize());
        encodeAndBack(
                tokenizer,
                SubwordModels.TEXT.repeat(9_000) + "x,".repeat(600_000) + "中文，".repeat(100_000) + " ".repeat(100_000));
    }

    /** Each is one match, over which the expression goes several times. */
    @Test
    void wordsOfAMillionLettersAreNoHarm() throws IOException {
        ObjectNode file = SubwordFiles.all().get("llama3");
        ((ObjectNode) file.at("/pre_tokenizer/pretokenizers/0/pattern")).put("Regex", GPT4O);
        Path path = Files.writeString(folder.resolve("tokenizer.json"), file.toString());
        Tokenizer tokenizer = TokenizerJson.read(path);
        for (String letter : List.of("A", "中", " ")) {
            encodeAndBack(tokenizer, "x" + letter.repeat(1_200_000) + ".");
        }
    }

    private static void encodeAndBack(Tokenizer tokenizer, String text) {
        Tokenizer.Decoder decoder = tokenizer.decoder();
        long bytes = 0;
        for (int id : tokenizer.encode(text).ids()) {
            bytes += decoder.next(id).length;
        }
        assertEquals(text.getBytes(StandardCharsets.UTF_8).length, bytes);
    }
}
