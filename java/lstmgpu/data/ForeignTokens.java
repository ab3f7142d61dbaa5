package lstmgpu.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import lstmgpu.Printable;

/** Tokens of another program by their identifiers, as one of this program's tokenizers. */
final class ForeignTokens {
    private static final Set<String> UNKNOWN = Set.of("<unk>", "<UNK>", "[UNK]", "UNK", "<oov>", "<OOV>");
    private static final Set<String> LINE_END = Set.of("<eos>", "<EOS>", "</s>", "\n");

    private final List<String> tokens;
    private final int unknown;

    /**
     * @throws IllegalArgumentException if one is empty, has half of a character or comes twice
     */
    ForeignTokens(List<String> tokens) {
        this.tokens = new ArrayList<>(tokens);
        Map<String, Integer> places = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            if (token.isEmpty()) {
                throw new IllegalArgumentException("token %d is empty".formatted(id));
            }
            if (token.codePoints().anyMatch(ForeignTokens::isHalf)) {
                throw new IllegalArgumentException("token %d has half of a character".formatted(id));
            }
            Integer before = places.put(token, id);
            if (before != null) {
                throw new IllegalArgumentException("tokens %d and %d are the same: '%s'"
                        .formatted(before, id, WordSplitter.shortened(Printable.token(token))));
            }
        }
        this.unknown = rename(UNKNOWN, WordTokenizer.UNKNOWN);
    }

    /** Gives the first token of these names that name; -1 where there is none. */
    private int rename(Set<String> names, String name) {
        for (int id = 0; id < tokens.size(); id++) {
            if (names.contains(tokens.get(id))) {
                if (tokens.contains(name) && !tokens.get(id).equals(name)) {
                    continue;
                }
                tokens.set(id, name);
                return id;
            }
        }
        return -1;
    }

    /**
     * @param kind char or word, or null: characters where most tokens are one
     * @throws IllegalArgumentException if the tokens are none of that kind
     */
    VocabularyFile.Found tokenizer(String kind) {
        long characters = tokens.stream().filter(ForeignTokens::isCharacter).count();
        boolean ofCharacters = kind == null ? 2 * characters > tokens.size() : kind.equals(CharTokenizer.KIND);
        if (!ofCharacters) {
            return words();
        }
        long others = tokens.size() - characters - (unknown < 0 ? 0 : 1);
        if (others > tokens.size() / 2) {
            throw new IllegalArgumentException("%,d of its tokens are no characters".formatted(others));
        }
        return others == 0 ? characters() : withMarks();
    }

    /** JSON can spell half of a pair; no file can hold it. */
    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static boolean isCharacter(String token) {
        return token.codePointCount(0, token.length()) == 1;
    }

    /** Characters are sorted here, and what stands for the others comes last. */
    private VocabularyFile.Found characters() {
        Comparator<Integer> order = Comparator.comparing((Integer id) -> id == unknown)
                .thenComparing(id -> tokens.get(id).codePointAt(0));
        int[] places = IntStream.range(0, tokens.size())
                .boxed()
                .sorted(order)
                .mapToInt(Integer::intValue)
                .toArray();
        List<Integer> codePoints = IntStream.of(places)
                .filter(id -> id != unknown)
                .mapToObj(id -> tokens.get(id).codePointAt(0))
                .toList();
        return new VocabularyFile.Found(new CharTokenizer(codePoints, unknown >= 0), places);
    }

    /** Characters with marks such as {@code <pad>}, which stay under their identifiers. */
    private VocabularyFile.Found withMarks() {
        ObjectNode root =
                TokenizerFrames.withTokens(TokenizerFrames.characters(unknown >= 0), tokens.size(), tokens::get);
        ArrayNode marks = root.putArray("added_tokens");
        for (int id = 0; id < tokens.size(); id++) {
            if (!isCharacter(tokens.get(id))) {
                marks.addObject()
                        .put("id", id)
                        .put("content", tokens.get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", true);
            }
        }
        int[] places = IntStream.range(0, tokens.size()).toArray();
        return new VocabularyFile.Found(new SubwordTokenizer("tokenizer.json", root), places);
    }

    /** Words stay in their order, but for the first place. */
    private VocabularyFile.Found words() {
        if (unknown < 0) {
            throw new IllegalArgumentException("there is no <unk> among its words, nor [UNK] or the like");
        }
        if (rename(LINE_END, WordTokenizer.LINE_END) < 0) {
            throw new IllegalArgumentException("there is no <eos> for the end of a line among its words");
        }
        int[] places = IntStream.concat(
                        IntStream.of(unknown), IntStream.range(0, tokens.size()).filter(id -> id != unknown))
                .toArray();
        List<String> words = IntStream.of(places).mapToObj(tokens::get).toList();
        return new VocabularyFile.Found(new WordTokenizer(words, WordSplitting.WHITE_SPACE), places);
    }
}
