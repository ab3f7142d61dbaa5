package lstmgpu.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;

/**
 * The vocabulary of another program: a list of tokens in JSON, an object of tokens and their identifiers, one token a
 * line, or a {@code tokenizer.json}.
 */
public final class VocabularyFile {
    private static final long BYTES_AT_MOST = 64L << 20;
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final String kind;
    private final int size;

    private VocabularyFile(Path file, String kind, int size) {
        this.file = file;
        this.kind = kind;
        this.size = size;
    }

    /**
     * A tokenizer, and where its tokens were.
     *
     * @param places by identifier, that which the token had in the file
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Found(Tokenizer tokenizer, int[] places) {
        private static Found unmoved(Tokenizer tokenizer) {
            return new Found(
                    tokenizer, IntStream.range(0, tokenizer.vocabularySize()).toArray());
        }
    }

    /** The tokenizer of bytes. */
    public static Found bytes() {
        return Found.unmoved(new ByteTokenizer());
    }

    /**
     * @param kind char or word, or null where the tokens tell
     * @param size how many tokens there have to be
     * @throws LstmGpuException with exit code 3 if the file cannot be read, is none of these, or has another number of
     *     tokens
     */
    public static Found read(Path file, String kind, int size) {
        return new VocabularyFile(file, kind, size).found();
    }

    private Found found() {
        if (Files.isDirectory(file)) {
            throw refused("it is a folder");
        }
        byte[] bytes = RegularFile.bytes(file, BYTES_AT_MOST);
        JsonNode root = json(bytes);
        if (root != null && root.path("model").isObject()) {
            Tokenizer tokenizer = TokenizerJson.read(file);
            require(tokenizer.vocabularySize());
            return Found.unmoved(tokenizer);
        }
        List<String> tokens = root == null ? lines(bytes) : tokens(root);
        require(tokens.size());
        try {
            return new ForeignTokens(tokens).tokenizer(kind);
        } catch (IllegalArgumentException unfit) {
            throw refused(unfit.getMessage());
        }
    }

    /** Null where it is no JSON of several values. */
    private JsonNode json(byte[] bytes) {
        int first = 0;
        while (first < bytes.length && Character.isWhitespace(bytes[first])) {
            first++;
        }
        boolean named = file.toString().endsWith(".json");
        if (!named && (first == bytes.length || bytes[first] != '{' && bytes[first] != '[')) {
            return null;
        }
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException failure) {
            if (named) {
                throw refused("it is no JSON: " + failure.getOriginalMessage());
            }
            return null;
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    private List<String> lines(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            List<String> tokens = new ArrayList<>();
            for (String line : text.split("\n", -1)) {
                tokens.add(unescaped(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line));
            }
            if (tokens.getLast().isEmpty()) {
                tokens.removeLast(); // behind the last line end
            }
            return tokens;
        } catch (CharacterCodingException failure) {
            throw refused("it is no text in UTF-8");
        }
    }

    /** White space cannot stand on a line by itself, so it is written as in a program. */
    private static String unescaped(String line) {
        return switch (line) {
            case "\\n" -> "\n";
            case "\\r" -> "\r";
            case "\\t" -> "\t";
            case "\\s" -> " ";
            default -> line;
        };
    }

    private List<String> tokens(JsonNode root) {
        if (root.isArray()) {
            List<String> tokens = new ArrayList<>();
            root.forEach(token -> tokens.add(text(token)));
            return tokens;
        }
        if (!root.isObject()) {
            throw refused("it is neither a list of tokens nor an object of tokens and their identifiers");
        }
        String[] tokens = new String[root.size()];
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            boolean turned = entry.getValue().isTextual();
            int id = turned
                    ? number(entry.getKey())
                    : entry.getValue().isInt() ? entry.getValue().intValue() : -1;
            if (id < 0 || id >= tokens.length || tokens[id] != null) {
                throw refused("its identifiers are not 0 to %d, each once".formatted(tokens.length - 1));
            }
            tokens[id] = turned ? entry.getValue().textValue() : entry.getKey();
        }
        return Arrays.asList(tokens);
    }

    private static int number(String text) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
    }

    private String text(JsonNode token) {
        if (!token.isTextual()) {
            throw refused("a token of its list is no text");
        }
        return token.textValue();
    }

    private void require(int found) {
        if (found != size) {
            throw refused("it has %,d tokens where the weights have %,d".formatted(found, size));
        }
    }

    private LstmGpuException refused(String reason) {
        return LstmGpuException.data(
                "--vocab %s: %s; give a list of the tokens in JSON, an object of tokens and identifiers, one token a"
                        + " line, or a tokenizer.json",
                file, reason);
    }
}
