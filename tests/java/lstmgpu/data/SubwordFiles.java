package lstmgpu.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lstmgpu.data.subword.BytePairTrainer;
import lstmgpu.data.subword.PieceCutter;

/** A {@code tokenizer.json} of each kind that people use, small enough for a test. */
final class SubwordFiles {
    static final String TEXT =
            "The king said: \"the thing is not the thing\", don't they? Then 1234 kings sing in the ring; 中文 é"
                    + " naïve\n\n";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .configure(com.fasterxml.jackson.core.json.JsonReadFeature.ALLOW_SINGLE_QUOTES.mappedFeature(), true)
            .build();

    private static final String LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r"
            + "\\n"
            + "\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r"
            + "\\n"
            + "]*|\\s*[\\r"
            + "\\n"
            + "]+|\\s+(?!\\S)|\\s+";

    /** Files with the parts that few people use; beside each are the library's identifiers of {@code text.txt}. */
    static final List<String> GIVEN =
            List.of("added-flags", "byte-normalizer", "ctc", "fixed-length", "nmt-delimiter", "scripts");

    private SubwordFiles() {}

    /** By name: the model, and around it normalizer, pre-tokenizer, decoder and added tokens. */
    static Map<String, ObjectNode> all() {
        Map<String, ObjectNode> files = new LinkedHashMap<>();
        files.put(
                "gpt2",
                file(
                        bytePairs(),
                        "null",
                        "{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true}",
                        "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}"));
        files.put(
                "gpt2 with a space",
                file(
                        bytePairs(),
                        "{'type':'NFC'}",
                        "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}",
                        "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}"));
        files.put("llama3", llama3());
        files.put("llama2", llama2());
        for (String scheme : List.of("always", "first", "never")) {
            String metaspace =
                    "{'type':'Metaspace','replacement':'▁','prepend_scheme':'%s','split':true}".formatted(scheme);
            files.put("pairs of marks, " + scheme, file(marked(false), "null", metaspace, metaspace));
            files.put("unigram, " + scheme, file(unigram(true), "{'type':'NFKC'}", metaspace, metaspace));
        }
        files.put(
                "unigram without bytes",
                file(unigram(false), "{'type':'Lowercase'}", "{'type':'WhitespaceSplit'}", "{'type':'Fuse'}"));
        files.put(
                "bert",
                file(
                        wordPiece(),
                        "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,'strip_accents':null,'lowercase':true}",
                        "{'type':'BertPreTokenizer'}",
                        "{'type':'WordPiece','prefix':'##','cleanup':true}"));
        String table = CharsMapTable.of(Map.of(
                "\u00A0", " ", "\uFB01", "fi", "e\u0301", "é", "\u3000", " ", "\u0001", "", "Ω", "omega", "中", "middle",
                "\t", " "));
        files.put(
                "t5",
                file(
                        unigram(false),
                        "{'type':'Sequence','normalizers':[{'type':'Precompiled','precompiled_charsmap':'" + table
                                + "'}," + "{'type':'Replace','pattern':{'Regex':' {2,}'},'content':' '}]}",
                        "{'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}",
                        "{'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}"));
        ObjectNode stripped = file(
                wordPiece(),
                "{'type':'Sequence','normalizers':[{'type':'Strip','strip_left':true,'strip_right':true},{'type':'Lowercase'}]}",
                "{'type':'BertPreTokenizer'}",
                "{'type':'WordPiece','prefix':'##','cleanup':false}");
        addToken(stripped, stripped.path("model").path("vocab").size(), "King", false);
        addToken(stripped, stripped.path("model").path("vocab").size() + 1, "Zeb", true);
        files.put("stripped", stripped);
        files.put(
                "words",
                file(
                        words(),
                        "{'type':'Sequence','normalizers':[{'type':'NFD'},{'type':'StripAccents'}]}",
                        "{'type':'Sequence','pretokenizers':[{'type':'Whitespace'},{'type':'Digits','individual_digits':true}]}",
                        "null"));
        files.put(
                "words and punctuation",
                file(
                        words(),
                        "{'type':'Replace','pattern':{'Regex':'[0-9]+'},'content':'n'}",
                        "{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},{'type':'Punctuation'},{'type':'Digits','individual_digits':false}]}",
                        "null"));
        files.put(
                "clip",
                file(
                        suffixed(),
                        "{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'Lowercase'}]}",
                        "{'type':'Whitespace'}",
                        "{'type':'BPEDecoder','suffix':'</w>'}"));
        for (String cut : List.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")) {
            for (boolean invert : new boolean[] {false, true}) {
                String split = "{'type':'Split','pattern':{'Regex':'[ni]|\\\\s'},'behavior':'%s','invert':%s}"
                        .formatted(cut, invert);
                files.put(cut + " " + invert, file(words(), "null", split, "{'type':'Fuse'}"));
            }
        }
        GIVEN.forEach(name -> files.put(name, (ObjectNode) read(given(name + ".json"))));
        return files;
    }

    /** A file of {@code tests/golden/tokenizers}. */
    static String given(String file) {
        try {
            return Files.readString(Path.of("tests", "golden", "tokenizers", file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static ObjectNode file(ObjectNode model, String normalizer, String preTokenizer, String decoder) {
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding").putArray("added_tokens");
        root.set("normalizer", read(normalizer));
        root.set("pre_tokenizer", read(preTokenizer));
        root.putNull("post_processor").set("decoder", read(decoder));
        root.set("model", model);
        return root;
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static ObjectNode llama3() {
        ObjectNode model = bytePairs().put("ignore_merges", true);
        String split = JSON.createObjectNode()
                .put("type", "Split")
                .put("behavior", "Isolated")
                .put("invert", false)
                .set("pattern", JSON.createObjectNode().put("Regex", LLAMA3))
                .toString();
        ObjectNode root = file(
                model,
                "null",
                "{'type':'Sequence','pretokenizers':[" + split
                        + ",{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':false}]}",
                "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}");
        int size = model.path("vocab").size();
        addToken(root, size, "<|end|>", true);
        addToken(root, size + 1, "<|end|> of", true);
        addToken(root, size + 2, "king", false);
        return root;
    }

    private static void addToken(ObjectNode root, int id, String content, boolean special) {
        ((ArrayNode) root.path("added_tokens"))
                .addObject()
                .put("id", id)
                .put("content", content)
                .put("single_word", !special)
                .put("lstrip", false)
                .put("rstrip", special)
                .put("normalized", !special)
                .put("special", special);
    }

    private static ObjectNode llama2() {
        return file(
                marked(true),
                "{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'▁'},{'type':'Replace','pattern':{'String':'"
                    + " '},'content':'▁'}]}",
                "null",
                "{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'▁'},'content':'"
                        + " '},{'type':'ByteFallback'},{'type':'Fuse'},{'type':'Strip','content':'"
                        + " ','start':1,'stop':0}]}");
    }

    private static ObjectNode bytePairs() {
        Map<String, Long> counts = new LinkedHashMap<>();
        new PieceCutter(piece -> counts.merge(piece, 1L, Long::sum)).cut(TEXT);
        BytePairTrainer trainer = new BytePairTrainer(counts);
        trainer.learn(300, 1);
        return pairs(trainer.tokens(), trainer.merges());
    }

    private static ObjectNode pairs(List<String> tokens, List<String> merges) {
        ObjectNode model =
                JSON.createObjectNode().put("type", "BPE").putNull("dropout").putNull("unk_token");
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
        TEXT.toLowerCase(java.util.Locale.ROOT)
                .codePoints()
                .filter(c -> c != '文' && c != ' ' && c != '\n')
                .forEach(c -> letters.add(prefix + Character.toString(c)));
        return letters;
    }

    private static ObjectNode marked(boolean bytes) {
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

    private static ObjectNode suffixed() {
        Set<String> tokens = new LinkedHashSet<>(List.of("<unk>"));
        tokens.addAll(letters(""));
        letters("").forEach(letter -> tokens.add(letter + "</w>"));
        List<String> merges = List.of("t h", "th e</w>", "i n", "n g</w>", "i ng</w>", "k ing</w>", "s ing</w>");
        merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
        return pairs(List.copyOf(tokens), merges).put("unk_token", "<unk>").put("end_of_word_suffix", "</w>");
    }

    private static ObjectNode unigram(boolean bytes) {
        List<String> tokens = new ArrayList<>(List.of("<unk>"));
        for (int value = 0; bytes && value < 256; value++) {
            tokens.add("<0x%02X>".formatted(value));
        }
        tokens.addAll(letters(""));
        tokens.addAll(List.of("▁the", "▁t", "he", "ing", "▁k", "king", "thing", "in", "▁th", "▁▁"));
        ObjectNode model =
                JSON.createObjectNode().put("type", "Unigram").put("unk_id", 0).put("byte_fallback", bytes);
        ArrayNode vocabulary = model.putArray("vocab");
        tokens.forEach(
                token -> vocabulary.addArray().add(token).add(-1.25 - 0.37 * vocabulary.size() / token.length()));
        return model;
    }

    private static ObjectNode wordPiece() {
        Set<String> tokens = new LinkedHashSet<>(List.of("[UNK]"));
        tokens.addAll(letters(""));
        tokens.addAll(letters("##"));
        tokens.addAll(List.of("the", "king", "##ing", "th", "##s", "said", "中", "don", "##in"));
        ObjectNode model = JSON.createObjectNode().put("type", "WordPiece").put("unk_token", "[UNK]");
        model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 12);
        putVocabulary(model, tokens);
        return model;
    }

    private static ObjectNode words() {
        ObjectNode model = JSON.createObjectNode().put("type", "WordLevel").put("unk_token", "<unk>");
        Set<String> tokens = new LinkedHashSet<>(
                List.of("<unk>", "The", "king", "said", ":", "the", "th", "g", "is", "not", "1", "n", "234", " "));
        tokens.addAll(List.of("k", "ki", "in", "ing", "s", "nt", "e", "naive", "in the r", "i"));
        putVocabulary(model, tokens);
        return model;
    }
}
