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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@code tokenizer.json} of each kind that people use, small enough for a test. */
final class SubwordFiles {
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
                        SubwordModels.bytePairs(),
                        "null",
                        "{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true}",
                        "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}"));
        files.put(
                "gpt2 with a space",
                file(
                        SubwordModels.bytePairs(),
                        "{'type':'NFC'}",
                        "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}",
                        "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}"));
        files.put("llama3", llama3());
        files.put("llama2", llama2());
        for (String scheme : List.of("always", "first", "never")) {
            String metaspace =
                    "{'type':'Metaspace','replacement':'▁','prepend_scheme':'%s','split':true}".formatted(scheme);
            files.put("pairs of marks, " + scheme, file(SubwordModels.marked(false), "null", metaspace, metaspace));
            files.put("unigram, " + scheme, file(SubwordModels.unigram(true), "{'type':'NFKC'}", metaspace, metaspace));
        }
        files.put(
                "unigram without bytes",
                file(
                        SubwordModels.unigram(false),
                        "{'type':'Lowercase'}",
                        "{'type':'WhitespaceSplit'}",
                        "{'type':'Fuse'}"));
        files.put(
                "bert",
                file(
                        SubwordModels.wordPiece(),
                        "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,'strip_accents':null,'lowercase':true}",
                        "{'type':'BertPreTokenizer'}",
                        "{'type':'WordPiece','prefix':'##','cleanup':true}"));
        String table = CharsMapTable.of(Map.of(
                "\u00A0", " ", "\uFB01", "fi", "e\u0301", "é", "\u3000", " ", "\u0001", "", "Ω", "omega", "中", "middle",
                "\t", " "));
        files.put(
                "t5",
                file(
                        SubwordModels.unigram(false),
                        "{'type':'Sequence','normalizers':[{'type':'Precompiled','precompiled_charsmap':'" + table
                                + "'}," + "{'type':'Replace','pattern':{'Regex':' {2,}'},'content':' '}]}",
                        "{'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}",
                        "{'type':'Metaspace','replacement':'▁','prepend_scheme':'always','split':true}"));
        ObjectNode stripped = file(
                SubwordModels.wordPiece(),
                "{'type':'Sequence','normalizers':[{'type':'Strip','strip_left':true,'strip_right':true},{'type':'Lowercase'}]}",
                "{'type':'BertPreTokenizer'}",
                "{'type':'WordPiece','prefix':'##','cleanup':false}");
        addToken(stripped, stripped.path("model").path("vocab").size(), "King", false);
        addToken(stripped, stripped.path("model").path("vocab").size() + 1, "Zeb", true);
        files.put("stripped", stripped);
        files.put(
                "words",
                file(
                        SubwordModels.words(),
                        "{'type':'Sequence','normalizers':[{'type':'NFD'},{'type':'StripAccents'}]}",
                        "{'type':'Sequence','pretokenizers':[{'type':'Whitespace'},{'type':'Digits','individual_digits':true}]}",
                        "null"));
        files.put(
                "words and punctuation",
                file(
                        SubwordModels.words(),
                        "{'type':'Replace','pattern':{'Regex':'[0-9]+'},'content':'n'}",
                        "{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},{'type':'Punctuation'},{'type':'Digits','individual_digits':false}]}",
                        "null"));
        files.put(
                "clip",
                file(
                        SubwordModels.suffixed(),
                        "{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'Lowercase'}]}",
                        "{'type':'Whitespace'}",
                        "{'type':'BPEDecoder','suffix':'</w>'}"));
        for (String cut : List.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")) {
            for (boolean invert : new boolean[] {false, true}) {
                String split = "{'type':'Split','pattern':{'Regex':'[ni]|\\\\s'},'behavior':'%s','invert':%s}"
                        .formatted(cut, invert);
                files.put(cut + " " + invert, file(SubwordModels.words(), "null", split, "{'type':'Fuse'}"));
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
        ObjectNode model = SubwordModels.bytePairs().put("ignore_merges", true);
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
                SubwordModels.marked(true),
                "{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'▁'},{'type':'Replace','pattern':{'String':'"
                    + " '},'content':'▁'}]}",
                "null",
                "{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'▁'},'content':'"
                        + " '},{'type':'ByteFallback'},{'type':'Fuse'},{'type':'Strip','content':'"
                        + " ','start':1,'stop':0}]}");
    }
}
