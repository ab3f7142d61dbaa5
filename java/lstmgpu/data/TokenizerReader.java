package lstmgpu.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the tokenizer that a {@code tokenizer.json} describes. What is unfit is an {@link IllegalArgumentException}.
 */
final class TokenizerReader {
    private TokenizerReader() {}

    /**
     * One of the kinds that this program makes where a file is exactly that, and otherwise what the file says.
     *
     * @param name of the file, for messages
     */
    static Tokenizer read(String name, JsonNode root) {
        if (TokenizerFrames.fits(TokenizerFrames.bytes(), root)) {
            return bytes(vocabulary(root));
        }
        for (boolean hasUnknown : new boolean[] {false, true}) {
            if (TokenizerFrames.fits(TokenizerFrames.characters(hasUnknown), root)) {
                return characters(vocabulary(root), hasUnknown);
            }
        }
        Optional<WordSplitting> splitting = Arrays.stream(WordSplitting.values())
                .filter(way -> TokenizerFrames.fits(TokenizerFrames.words(way), root))
                .findFirst();
        return splitting.isPresent()
                ? new WordTokenizer(vocabulary(root), splitting.get())
                : new SubwordTokenizer(name, root);
    }

    private static Tokenizer bytes(List<String> vocabulary) {
        ByteTokenizer tokenizer = new ByteTokenizer();
        for (int value = 0; value < tokenizer.vocabularySize(); value++) {
            if (vocabulary.size() != tokenizer.vocabularySize()
                    || !vocabulary.get(value).equals(TokenizerFrames.letter(value))) {
                throw new IllegalArgumentException("the field model.vocab does not give every byte its own value");
            }
        }
        return tokenizer;
    }

    private static Tokenizer characters(List<String> vocabulary, boolean hasUnknown) {
        if (hasUnknown && !vocabulary.getLast().equals(CharTokenizer.UNKNOWN)) {
            throw new IllegalArgumentException(
                    "the last token of model.vocab is not %s".formatted(CharTokenizer.UNKNOWN));
        }
        List<Integer> codePoints = new ArrayList<>();
        for (String token : hasUnknown ? vocabulary.subList(0, vocabulary.size() - 1) : vocabulary) {
            if (token.codePointCount(0, token.length()) != 1
                    || !codePoints.isEmpty() && token.codePointAt(0) <= codePoints.getLast()) {
                throw new IllegalArgumentException("token %d of model.vocab is not one character, sorted by code point"
                        .formatted(codePoints.size()));
            }
            codePoints.add(token.codePointAt(0));
        }
        return new CharTokenizer(codePoints, hasUnknown);
    }

    private static List<String> vocabulary(JsonNode root) {
        JsonNode vocab = root.path("model").path("vocab");
        if (!vocab.isObject() || vocab.isEmpty()) {
            throw new IllegalArgumentException("the field model.vocab is missing or empty");
        }
        List<String> tokens = new ArrayList<>(Collections.nCopies(vocab.size(), null));
        for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
            JsonNode id = entry.getValue();
            boolean inside = id.isInt() && id.intValue() >= 0 && id.intValue() < tokens.size();
            if (!inside || tokens.set(id.intValue(), entry.getKey()) != null) {
                throw new IllegalArgumentException(
                        "the identifiers in model.vocab are not 0 to %d, each once".formatted(tokens.size() - 1));
            }
        }
        return tokens;
    }
}
