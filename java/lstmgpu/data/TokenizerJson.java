package lstmgpu.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import lstmgpu.LstmGpuException;
import lstmgpu.data.subword.ByteLetters;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;

/**
 * {@code tokenizer.json} in the format of the Hugging Face tokenizers library, which gives the same identifiers.
 *
 * <ul>
 *   <li>byte: pre-tokenizer ByteLevel and a BPE model without merges, whose 256 tokens are that library's letters
 *       for the bytes;
 *   <li>char: a BPE model without merges over the whole text, so that every character is a token; it leaves out
 *       what it lacks, or maps it to {@code <unk>} where it has that;
 *   <li>word: line feeds become {@code <eos>} (normalizer Replace), pre-tokenizer WhitespaceSplit, model WordLevel;
 *   <li>bpe, and every other file: {@link SubwordTokenizer}.
 * </ul>
 */
public final class TokenizerJson {
    private static final String BYTE_LEVEL = "ByteLevel";
    private static final String WHITE_SPACE = "WhitespaceSplit";
    private static final String REPLACE = "Replace";
    private static final String PAIRS = "BPE";
    private static final String WORDS = "WordLevel";
    private static final long BYTES_AT_MOST = 1L << 30;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private TokenizerJson() {}

    /** Replaces the file as a whole. */
    public static void write(Tokenizer tokenizer, Path file) {
        AtomicFiles.writeText(file, toJson(tokenizer));
    }

    /**
     * @throws LstmGpuException with exit code 3 if the file cannot be read or asks for what this program does not know
     */
    public static Tokenizer read(Path file) {
        try (InputStream in = RegularFile.stream(file, BYTES_AT_MOST)) {
            JsonNode root = JSON.readTree(in);
            return new Reader(file, root).tokenizer();
        } catch (JsonProcessingException failure) {
            throw LstmGpuException.data(
                    "%s is damaged: %s; restore it from a copy", file, failure.getOriginalMessage());
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /** SHA-256 of the file's content, in hexadecimal digits: two tokenizers with the same one are the same. */
    public static String sha256(Tokenizer tokenizer) {
        byte[] json = toJson(tokenizer).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(InputTexts.newSha256().digest(json));
    }

    static String toJson(Tokenizer tokenizer) {
        ObjectNode root = newRoot();
        switch (tokenizer) {
            case ByteTokenizer bytes -> describe(root, bytes);
            case CharTokenizer characters -> describe(root, characters);
            case WordTokenizer words -> describe(root, words);
            case SubwordTokenizer pieces -> {
                return pieces.file().toPrettyString() + "\n";
            }
            default -> throw new IllegalArgumentException("no format for a " + tokenizer.kind() + " tokenizer");
        }
        return root.toPrettyString() + "\n";
    }

    private static ObjectNode newRoot() {
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding").putArray("added_tokens");
        return root;
    }

    private static void describe(ObjectNode root, ByteTokenizer tokenizer) {
        root.putNull("normalizer").set("pre_tokenizer", byteLevel(false));
        root.putNull("post_processor").set("decoder", byteLevel(false));
        putPairs(root, null, tokenizer.vocabularySize(), value -> Character.toString(ByteLetters.letter(value)));
    }

    private static void describe(ObjectNode root, CharTokenizer tokenizer) {
        root.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor");
        root.putObject("decoder").put("type", "Fuse");
        String unknown = tokenizer.hasUnknown() ? CharTokenizer.UNKNOWN : null;
        putPairs(root, unknown, tokenizer.vocabularySize(), tokenizer::text);
    }

    private static void describe(ObjectNode root, WordTokenizer tokenizer) {
        ObjectNode normalizer = root.putObject("normalizer").put("type", REPLACE);
        normalizer.putObject("pattern").put("String", "\n");
        normalizer.put("content", " " + WordTokenizer.LINE_END + " ");
        root.putObject("pre_tokenizer").put("type", WHITE_SPACE);
        root.putNull("post_processor").putNull("decoder");
        ObjectNode model = root.putObject("model").put("type", WORDS);
        putVocabulary(model, tokenizer.vocabularySize(), tokenizer::token);
        model.put("unk_token", WordTokenizer.UNKNOWN);
    }

    /** Byte pairs as they were learnt. */
    static SubwordTokenizer bytePairs(List<String> tokens, List<String> merges) {
        ObjectNode root = newRoot();
        root.putNull("normalizer").set("pre_tokenizer", byteLevel(true));
        root.putNull("post_processor").set("decoder", byteLevel(true));
        ArrayNode array = putPairs(root, null, tokens.size(), tokens::get);
        merges.forEach(array::add);
        return new SubwordTokenizer(root);
    }

    private static ObjectNode byteLevel(boolean cuts) {
        return JSON.createObjectNode()
                .put("type", BYTE_LEVEL)
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", cuts);
    }

    /** Returns the list of merges, which is empty. */
    private static ArrayNode putPairs(ObjectNode root, String unknown, int size, IntFunction<String> token) {
        ObjectNode model = root.putObject("model").put("type", PAIRS);
        model.putNull("dropout").put("unk_token", unknown);
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        putVocabulary(model, size, token);
        return model.putArray("merges");
    }

    private static void putVocabulary(ObjectNode model, int size, IntFunction<String> token) {
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < size; id++) {
            vocabulary.put(token.apply(id), id);
        }
    }

    /** Finds out which kind a file describes and refuses what would give other identifiers than the file says. */
    private record Reader(Path file, JsonNode root) {
        Tokenizer tokenizer() {
            try {
                return isOwn() ? own() : new SubwordTokenizer(root);
            } catch (IllegalArgumentException unfit) {
                throw damaged(unfit.getMessage());
            }
        }

        /** Whether it is one of the three kinds above and nothing else. */
        private boolean isOwn() {
            JsonNode model = root.path("model");
            boolean plain = root.path("added_tokens").isEmpty();
            String splitter = root.path("pre_tokenizer").path("type").asText();
            String normalizer = root.path("normalizer").path("type").asText();
            return plain
                    && switch (model.path("type").asText()) {
                        case WORDS -> splitter.equals(WHITE_SPACE) && normalizer.equals(REPLACE);
                        case PAIRS ->
                            model.path("merges").isEmpty()
                                    && normalizer.isEmpty()
                                    && (splitter.isEmpty() || splitter.equals(BYTE_LEVEL));
                        default -> false;
                    };
        }

        private Tokenizer own() {
            List<String> vocabulary = vocabulary(root.path("model").path("vocab"));
            if (root.path("model").path("type").asText().equals(WORDS)) {
                return new WordTokenizer(vocabulary);
            }
            boolean isBytes = root.path("pre_tokenizer").path("type").asText().equals(BYTE_LEVEL);
            return isBytes ? bytes(vocabulary) : characters(vocabulary);
        }

        private Tokenizer bytes(List<String> vocabulary) {
            ByteTokenizer tokenizer = new ByteTokenizer();
            for (int value = 0; value < tokenizer.vocabularySize(); value++) {
                if (vocabulary.size() != tokenizer.vocabularySize()
                        || !vocabulary.get(value).equals(Character.toString(ByteLetters.letter(value)))) {
                    throw damaged("the field model.vocab does not give every byte its own value");
                }
            }
            return tokenizer;
        }

        private Tokenizer characters(List<String> vocabulary) {
            boolean hasUnknown = vocabulary.getLast().equals(CharTokenizer.UNKNOWN);
            List<Integer> codePoints = new ArrayList<>();
            for (String token : hasUnknown ? vocabulary.subList(0, vocabulary.size() - 1) : vocabulary) {
                if (token.codePointCount(0, token.length()) != 1
                        || !codePoints.isEmpty() && token.codePointAt(0) <= codePoints.getLast()) {
                    throw damaged("token %d of model.vocab is not one character, sorted by code point"
                            .formatted(codePoints.size()));
                }
                codePoints.add(token.codePointAt(0));
            }
            return new CharTokenizer(codePoints, hasUnknown);
        }

        private List<String> vocabulary(JsonNode vocab) {
            if (!vocab.isObject() || vocab.isEmpty()) {
                throw damaged("the field model.vocab is missing or empty");
            }
            List<String> tokens = new ArrayList<>(Collections.nCopies(vocab.size(), null));
            for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
                JsonNode id = entry.getValue();
                boolean inside = id.isInt() && id.intValue() >= 0 && id.intValue() < tokens.size();
                if (!inside || tokens.set(id.intValue(), entry.getKey()) != null) {
                    throw damaged(
                            "the identifiers in model.vocab are not 0 to %d, each once".formatted(tokens.size() - 1));
                }
            }
            return tokens;
        }

        private LstmGpuException damaged(String what) {
            return LstmGpuException.data("%s: %s; restore it from a copy or train again", file, what);
        }
    }
}
