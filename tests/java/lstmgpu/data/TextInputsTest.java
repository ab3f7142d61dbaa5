package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.v3.zstd.ZstdJavaOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text is the same text, in tokens and in its check sum, however it lies on the disk. */
class TextInputsTest {
    private static final String TEXT = "the cat\nsat, on \"the\" mat\nnaïve 🐈\n";
    private static final String CSV = "id,body\n1,the cat\n2,\"sat, on \"\"the\"\" mat\"\n3,\n4,\"naïve 🐈\n\"\n";
    private static final String JSON = """
        {"body": "the cat", "n": 1}

        {"body": "sat, on \\"the\\" mat\\n"}
        {"body": ""}
        {"body": "na\\u00efve \\ud83d\\udc08"}
        """;

    @TempDir
    Path folder;

    private Path write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream bytes = Files.newOutputStream(file);
                OutputStream out = name.endsWith(".gz")
                        ? new GZIPOutputStream(bytes)
                        : name.endsWith(".zst") ? new ZstdJavaOutputStream(bytes) : bytes) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private TokenFile tokens(TextInputs inputs, String kind) {
        Tokenizer tokenizer = Vocabulary.build(kind, inputs, TextOptions.DEFAULT);
        return TextFiles.tokenize(inputs, tokenizer, new TokenizeOptions(false, folder.resolve("cache")));
    }

    private List<TextInputs> forms() throws IOException {
        return List.of(
                TextInputs.of(List.of(write("text.txt.gz", TEXT))),
                TextInputs.of(List.of(write("text.txt.zst", TEXT))),
                new TextInputs(List.of(write("text.csv", CSV)), "body"),
                new TextInputs(List.of(write("text.csv.gz", CSV)), "body"),
                new TextInputs(List.of(write("semicolons.csv", CSV.replaceAll("(?m)^(\\w+),", "$1;"))), "body"),
                new TextInputs(List.of(write("text.jsonl", JSON)), "body"),
                new TextInputs(List.of(write("text.jsonl.zst", "\ufeff" + JSON)), "body"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte", "char", "word", "bpe"})
    void everyFormIsTheSameText(String kind) throws IOException {
        try (TokenFile plain = tokens(TextInputs.of(List.of(write("text.txt", TEXT))), kind)) {
            for (TextInputs form : forms()) {
                try (TokenFile tokens = tokens(form, kind)) {
                    assertEquals(-1, plain.tokens().mismatch(tokens.tokens()), form.toString());
                    assertEquals(plain.sha256(), tokens.sha256(), form.toString());
                    assertEquals(plain.characters(), tokens.characters(), form.toString());
                    assertEquals(plain.utf8Bytes(), tokens.utf8Bytes(), form.toString());
                }
            }
        }
    }

    @Test
    void anOffsetIsOneOfTheTextInAPackedFile() throws IOException {
        Path file = folder.resolve("latin1.txt.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("naïve".getBytes(StandardCharsets.ISO_8859_1));
        }
        LstmGpuException refused =
                assertThrows(LstmGpuException.class, () -> tokens(TextInputs.of(List.of(file)), "char"));
        assertTrue(refused.getMessage().contains("at byte offset 2 of the text in it"), refused.getMessage());
    }

    @Test
    void recordsThatCannotBeReadAreNamedByTheirLine() throws IOException {
        refuses("lacks.jsonl", "{\"text\": \"a\"}\n", "lacks.jsonl, line 1: there is no field 'body'");
        refuses("broken.jsonl", "{\"body\": \"a\"}\n{\"body\": \n", "broken.jsonl, line 2");
        refuses("open.jsonl", "{\"body\": \"a\"", "expected close marker for Object");
        refuses("list.json", "[\n {\"body\": \"a\"}]\n", "write one object a line");
        refuses("quote.csv", "id,body\n1,\"" + "a".repeat(17 << 20), "quote.csv, line 2: a field that begins there");
        refuses("half.jsonl", "{\"body\": \"\\ud83d\"}\n", "half.jsonl, line 1: there is half of a character");
        refuses("lacks.csv", "text\na\n", "there is no column 'body', which --text-column names");
        refuses("wide.csv", "id,body\n1,a\n2,b,c\n", "wide.csv, line 3");
        refuses("cut.csv.gz", null, "cut.csv.gz cannot be read: it is damaged or cut short");
        refuses("cut.jsonl.zst", null, "cut.jsonl.zst cannot be read: it is damaged or cut short");
    }

    private void refuses(String name, String content, String words) throws IOException {
        Path file;
        if (content == null) {
            file = write(name, name.contains("csv") ? CSV.repeat(99) : JSON.repeat(99));
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
        } else {
            file = write(name, content);
        }
        LstmGpuException refused =
                assertThrows(LstmGpuException.class, () -> tokens(new TextInputs(List.of(file), "body"), "char"));
        assertEquals(3, refused.exitCode().code());
        assertTrue(refused.getMessage().contains(words), refused.getMessage());
        assertFalse(refused.getMessage().contains("Source"), refused.getMessage());
    }
}
