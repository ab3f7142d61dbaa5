package lstmgpu.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import lstmgpu.data.subword.ByteLetters;

/** What the {@code tokenizer.json} of each kind that this program makes says besides its tokens. */
final class TokenizerFrames {
    private static final List<String> PARTS = List.of("normalizer", "pre_tokenizer", "decoder");
    private static final String TYPE = "type";
    private static final String MODEL = "model";
    private static final String VOCABULARY = "vocab";

    private TokenizerFrames() {}

    static ObjectNode bytes() {
        ObjectNode root = newRoot();
        root.putNull("normalizer").set("pre_tokenizer", byteLevel(false));
        root.putNull("post_processor").set("decoder", byteLevel(false));
        return withPairs(root, null);
    }

    static ObjectNode characters(boolean hasUnknown) {
        ObjectNode root = newRoot();
        root.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor");
        root.putObject("decoder").put(TYPE, "Fuse");
        return withPairs(root, hasUnknown ? CharTokenizer.UNKNOWN : null);
    }

    static ObjectNode words(WordSplitting splitting) {
        ObjectNode root = newRoot();
        boolean apart = splitting == WordSplitting.PUNCTUATION;
        ObjectNode normalizer = root.putObject("normalizer").put(TYPE, "Replace");
        normalizer.putObject("pattern").put(apart ? "Regex" : "String", apart ? PunctuationSplitter.LINE_ENDS : "\n");
        normalizer.put("content", " " + WordTokenizer.LINE_END + " ");
        ObjectNode splitter = root.putObject("pre_tokenizer").put(TYPE, apart ? "Split" : "WhitespaceSplit");
        if (apart) {
            splitter.putObject("pattern").put("Regex", PunctuationSplitter.WORDS);
            splitter.put("behavior", "Removed").put("invert", true);
        }
        root.putNull("post_processor").putNull("decoder");
        ObjectNode model = root.putObject(MODEL).put(TYPE, "WordLevel");
        model.putObject(VOCABULARY);
        model.put("unk_token", WordTokenizer.UNKNOWN);
        return root;
    }

    /** Byte pairs as they were learnt. */
    static SubwordTokenizer bytePairs(List<String> tokens, List<String> merges) {
        ObjectNode root = newRoot();
        root.putNull("normalizer").set("pre_tokenizer", byteLevel(true));
        root.putNull("post_processor").set("decoder", byteLevel(true));
        withTokens(withPairs(root, null), tokens.size(), tokens::get);
        ArrayNode array = (ArrayNode) root.path(MODEL).path("merges");
        merges.forEach(array::add);
        return new SubwordTokenizer("tokenizer.json", root);
    }

    /** Fills in the tokens. */
    static ObjectNode withTokens(ObjectNode frame, int size, IntFunction<String> token) {
        ObjectNode vocabulary = (ObjectNode) frame.path(MODEL).path(VOCABULARY);
        for (int id = 0; id < size; id++) {
            vocabulary.put(token.apply(id), id);
        }
        return frame;
    }

    /** Whether a file is this frame with tokens; what stands around a text is not looked at. */
    static boolean fits(ObjectNode frame, JsonNode root) {
        JsonNode model = root.path(MODEL);
        return root.path("added_tokens").isEmpty()
                && PARTS.stream().allMatch(part -> frame.path(part).equals(root.path(part)))
                && model.size() == frame.path(MODEL).size()
                && frame.path(MODEL).properties().stream().allMatch(field -> isSame(field, model));
    }

    private static boolean isSame(Map.Entry<String, JsonNode> field, JsonNode model) {
        return field.getKey().equals(VOCABULARY) || field.getValue().equals(model.path(field.getKey()));
    }

    private static ObjectNode newRoot() {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding").putArray("added_tokens");
        return root;
    }

    private static ObjectNode byteLevel(boolean cuts) {
        return JsonNodeFactory.instance
                .objectNode()
                .put(TYPE, "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", cuts);
    }

    private static ObjectNode withPairs(ObjectNode root, String unknown) {
        ObjectNode model = root.putObject(MODEL).put(TYPE, "BPE");
        model.putNull("dropout").put("unk_token", unknown);
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        model.putObject(VOCABULARY);
        model.putArray("merges");
        return root;
    }

    /** The letters that stand for the bytes in such a file. */
    static String letter(int value) {
        return Character.toString(ByteLetters.letter(value));
    }
}
