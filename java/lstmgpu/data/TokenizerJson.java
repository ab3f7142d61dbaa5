package lstmgpu.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.IntFunction;
import lstmgpu.LstmGpuException;
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
 *   <li>word: line ends become {@code <eos>} (normalizer Replace), pre-tokenizer Split by an expression, or
 *       WhitespaceSplit in files of earlier builds, model WordLevel;
 *   <li>bpe, and every other file: {@link SubwordTokenizer}.
 * </ul>
 */
public final class TokenizerJson {
    private static final long BYTES = 16L << 20;
    private static final long BYTES_A_TOKEN = 1 << 10;
    private static final long BYTES_AT_MOST = 256L << 20;
    /** Twice the largest that people use. */
    private static final long BYTES_ALONE = 64L << 20;
    /** Names are as many as tokens, so a table of those that came before is of no use. */
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private TokenizerJson() {}

    /** Replaces the file as a whole. */
    public static void write(Tokenizer tokenizer, Path file) {
        AtomicFiles.writeText(file, toJson(tokenizer));
    }

    /** A file that stands alone; like {@link #read(Path, int)}. */
    public static Tokenizer read(Path file) {
        return read(file, TokenizerSizes.MOST_TOKENS, BYTES_ALONE);
    }

    /**
     * @param mostTokens tokens at most, as the configuration beside it says
     * @throws LstmGpuException with exit code 3 if the file cannot be read, is too large or asks for what this program
     *     does not know
     */
    public static Tokenizer read(Path file, int mostTokens) {
        return read(file, mostTokens, Math.min(BYTES_AT_MOST, BYTES + BYTES_A_TOKEN * mostTokens));
    }

    private static Tokenizer read(Path file, int mostTokens, long mostBytes) {
        try {
            byte[] bytes = RegularFile.bytes(file, mostBytes);
            TokenizerSizes.check(bytes, mostTokens);
            return TokenizerReader.read(file.toString(), JSON.readTree(bytes));
        } catch (JsonProcessingException failure) {
            throw LstmGpuException.data(
                    "%s is damaged: %s; restore it from a copy", file, failure.getOriginalMessage());
        } catch (IllegalArgumentException unfit) {
            throw LstmGpuException.data("%s: %s; restore it from a copy or train again", file, unfit.getMessage());
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
        JsonNode root =
                switch (tokenizer) {
                    case ByteTokenizer bytes -> filled(TokenizerFrames.bytes(), bytes, TokenizerFrames::letter);
                    case CharTokenizer characters ->
                        filled(TokenizerFrames.characters(characters.hasUnknown()), characters, characters::text);
                    case WordTokenizer words -> filled(TokenizerFrames.words(words.splitting()), words, words::token);
                    case SubwordTokenizer pieces -> pieces.file();
                    default -> throw new IllegalArgumentException("no format for a " + tokenizer.kind() + " tokenizer");
                };
        return root.toPrettyString() + "\n";
    }

    private static JsonNode filled(ObjectNode frame, Tokenizer tokenizer, IntFunction<String> token) {
        return TokenizerFrames.withTokens(frame, tokenizer.vocabularySize(), token);
    }
}
