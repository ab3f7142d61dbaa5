package lstmgpu.data.subword;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The tokens of a model, by their text.
 *
 * @param kind the model's type
 * @param idOfByte the tokens that stand for one byte by its number, null where there is none
 */
record Entries(String kind, Map<String, Integer> ids, List<Integer> idOfByte) {
    static final int MOST_GAPS = 1000;
    private static final Set<String> KINDS = Set.of("BPE", "Unigram", "WordPiece", "WordLevel");
    private static final int BYTES = 256;
    private static final String BYTE = "<0x%02X>";

    /** @throws IllegalArgumentException if there are none, an identifier comes twice or lies far outside the list */
    static Entries of(Fields model) {
        JsonNode vocabulary = model.node().path("vocab");
        Map<String, Integer> ids = HashMap.newHashMap(vocabulary.size());
        // Files of the first versions do not name their model.
        String kind = model.text("type", model.node().path("merges").isArray() ? "BPE" : "WordPiece");
        if (!KINDS.contains(kind)) {
            throw model.unknown();
        }
        if (vocabulary.isObject()) {
            for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
                ids.put(entry.getKey(), identifier(entry, vocabulary.size()));
            }
        } else if (vocabulary.isArray() && kind.equals("Unigram")) {
            for (JsonNode entry : vocabulary) {
                if (!entry.path(0).isTextual() || !entry.path(1).isNumber()) {
                    throw new IllegalArgumentException(
                            "entry %d of model.vocab is no token with its score".formatted(ids.size()));
                }
                ids.put(entry.path(0).textValue(), ids.size());
            }
        }
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("the field model.vocab is missing or empty");
        }
        if (ids.values().stream().distinct().count() < vocabulary.size()) {
            throw new IllegalArgumentException("a token or an identifier comes twice in model.vocab");
        }
        return new Entries(kind, ids, bytes(ids));
    }

    private static List<Integer> bytes(Map<String, Integer> ids) {
        return IntStream.range(0, BYTES)
                .mapToObj(value -> ids.get(BYTE.formatted(value)))
                .toList();
    }

    private static int identifier(Map.Entry<String, JsonNode> entry, int count) {
        JsonNode id = entry.getValue();
        if (!id.isInt() || id.intValue() < 0 || id.intValue() >= 2L * count + MOST_GAPS) {
            throw new IllegalArgumentException("the identifier of '%s' in model.vocab is no number from 0 to about %,d"
                    .formatted(Fields.shown(entry.getKey()), count));
        }
        return id.intValue();
    }

    /** Null where there is no such token. */
    Integer id(String token) {
        return token == null ? null : ids.get(token);
    }

    /** Null where there is none. */
    Integer idOfByte(byte value) {
        return idOfByte.get(Byte.toUnsignedInt(value));
    }
}
