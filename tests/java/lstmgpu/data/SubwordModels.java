package lstmgpu.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import lstmgpu.data.subword.BytePairTrainer;
import lstmgpu.data.subword.PieceCutter;

/** The {@code model} of a {@code tokenizer.json}, of each kind that people use: what cuts {@link #TEXT} in its way. */
final class SubwordModels {
    static final String TEXT =
            "The king said: \"the thing is not the thing\", don't they? Then 1234 kings sing in the ring; 中文 é"
                    + " naïve\n\n";

    private SubwordModels() {}

    static ObjectNode bytePairs() {
        Map<String, Long> counts = new LinkedHashMap<>();
        new PieceCutter(piece -> counts.merge(piece, 1L, Long::sum)).cut(TEXT);
        BytePairTrainer trainer = new BytePairTrainer(counts);
        trainer.learn(300, 1);
        return pairs(trainer.tokens(), trainer.merges());
    }

    private static ObjectNode pairs(List<String> tokens, List<String> merges) {
        ObjectNode model = JsonNodeFactory.instance
                .objectNode()
                .put("type", "BPE")
                .putNull("dropout")
                .putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        putVocabulary(model, tokens);
        ArrayNode list = model.putArray("merges");
        for (String merge : merges) {
            // Both forms that there are.
            if (merges.size() > 20) {
                list.add(merge);
            } else {
                list.addArray().add(merge.split(" ")[0]).add(merge.split(" ")[1]);
            }
        }
        return model;
    }

    private static void putVocabulary(ObjectNode model, Iterable<String> tokens) {
        ObjectNode vocabulary = model.putObject("vocab");
        tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    }

    private static Set<String> letters(String prefix) {
        Set<String> letters = new LinkedHashSet<>(List.of("▁"));
        TEXT.toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(c -> c != '文' && c != ' ' && c != '\n')
                .forEach(c -> letters.add(prefix + Character.toString(c)));
        return letters;
    }

    static ObjectNode marked(boolean bytes) {
        List<String> tokens = new ArrayList<>(List.of("<unk>"));
        for (int value = 0; bytes && value < 256; value++) {
            tokens.add("<0x%02X>".formatted(value));
        }
        tokens.addAll(letters(""));
        List<String> merges = List.of("▁ t", "h e", "▁t he", "i n", "in g", "t h", "▁ ▁", "n g", "▁ k", "▁k ing");
        merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
        return pairs(tokens, merges)
                .put("unk_token", "<unk>")
                .put("fuse_unk", true)
                .put("byte_fallback", bytes);
    }

    static ObjectNode suffixed() {
        Set<String> tokens = new LinkedHashSet<>(List.of("<unk>"));
        tokens.addAll(letters(""));
        letters("").forEach(letter -> tokens.add(letter + "</w>"));
        List<String> merges = List.of("t h", "th e</w>", "i n", "n g</w>", "i ng</w>", "k ing</w>", "s ing</w>");
        merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
        return pairs(List.copyOf(tokens), merges).put("unk_token", "<unk>").put("end_of_word_suffix", "</w>");
    }

    static ObjectNode unigram(boolean bytes) {
        List<String> tokens = new ArrayList<>(List.of("<unk>"));
        for (int value = 0; bytes && value < 256; value++) {
            tokens.add("<0x%02X>".formatted(value));
        }
        tokens.addAll(letters(""));
        tokens.addAll(List.of("▁the", "▁t", "he", "ing", "▁k", "king", "thing", "in", "▁th", "▁▁"));
        ObjectNode model = JsonNodeFactory.instance
                .objectNode()
                .put("type", "Unigram")
                .put("unk_id", 0)
                .put("byte_fallback", bytes);
        ArrayNode vocabulary = model.putArray("vocab");
        tokens.forEach(
                token -> vocabulary.addArray().add(token).add(-1.25 - 0.37 * vocabulary.size() / token.length()));
        return model;
    }

    static ObjectNode wordPiece() {
        Set<String> tokens = new LinkedHashSet<>(List.of("[UNK]"));
        tokens.addAll(letters(""));
        tokens.addAll(letters("##"));
        tokens.addAll(List.of("the", "king", "##ing", "th", "##s", "said", "中", "don", "##in"));
        ObjectNode model =
                JsonNodeFactory.instance.objectNode().put("type", "WordPiece").put("unk_token", "[UNK]");
        model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 12);
        putVocabulary(model, tokens);
        return model;
    }

    static ObjectNode words() {
        ObjectNode model =
                JsonNodeFactory.instance.objectNode().put("type", "WordLevel").put("unk_token", "<unk>");
        Set<String> tokens = new LinkedHashSet<>(
                List.of("<unk>", "The", "king", "said", ":", "the", "th", "g", "is", "not", "1", "n", "234", " "));
        tokens.addAll(List.of("k", "ki", "in", "ing", "s", "nt", "e", "naive", "in the r", "i"));
        putVocabulary(model, tokens);
        return model;
    }
}
