package lstmgpu.serve.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import lstmgpu.LstmGpuException;

/**
 * The JSON object that a client sent, asked for its fields by name, kind and range. A field that is null is one that is
 * not there; fields that nobody asks for are ignored.
 */
public final class JsonBody {
    private static final int DEEPEST = 16;
    private static final int LONGEST_NUMBER = 64;
    private static final int LONGEST_NAME = 256;
    private static final int SHOWN = 40;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(LONGEST_NUMBER)
                            .maxNameLength(LONGEST_NAME)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // A number that is refused is shown as it was sent, also where float64 would have made it infinite.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final ObjectNode object;

    private JsonBody(ObjectNode object) {
        this.object = object;
    }

    /** @throws ApiError with status 400 if this is no JSON object in UTF-8 */
    public static JsonBody parse(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException failure) {
            throw ApiError.invalid(null, "the body is not valid UTF-8; send a JSON object in UTF-8");
        }
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return new JsonBody(object);
            }
        } catch (JsonProcessingException failure) {
            String reason = LstmGpuException.shortened(String.valueOf(failure.getOriginalMessage()));
            throw ApiError.invalid(null, "the body is no JSON: %s", reason);
        }
        throw ApiError.invalid(null, "the body is no JSON object; send one such as {\"prompt\": \"Once\"}");
    }

    /** Whether a field is there and not null. */
    public boolean has(String name) {
        return object.hasNonNull(name);
    }

    /** A field of any kind, or null. */
    public JsonNode node(String name) {
        return has(name) ? object.get(name) : null;
    }

    /** An integer; empty where the field is missing. */
    public OptionalInt integer(String name, int least, int most) {
        OptionalLong value = integer(name, (long) least, most);
        return value.isPresent() ? OptionalInt.of(Math.toIntExact(value.getAsLong())) : OptionalInt.empty();
    }

    /** As {@link #integer(String, int, int)}. */
    public OptionalLong integer(String name, long least, long most) {
        JsonNode value = node(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            throw ApiError.invalid(
                    name, "'%s' must be a whole number from %d to %d, not %s", name, least, most, shown(value));
        }
        return OptionalLong.of(value.longValue());
    }

    /** A number; empty where the field is missing. */
    public OptionalDouble number(String name, double least, double most) {
        JsonNode value = node(name);
        if (value == null) {
            return OptionalDouble.empty();
        }
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number >= least && number <= most)) {
            throw ApiError.invalid(
                    name, "'%s' must be a number from %s to %s, not %s", name, plain(least), plain(most), shown(value));
        }
        return OptionalDouble.of(number);
    }

    /** True or false; false where the field is missing. */
    public boolean flag(String name) {
        JsonNode value = node(name);
        if (value != null && !value.isBoolean()) {
            throw ApiError.invalid(name, "'%s' must be true or false, not %s", name, shown(value));
        }
        return value != null && value.booleanValue();
    }

    /** A text; null where the field is missing. */
    public String text(String name) {
        JsonNode value = node(name);
        return value == null ? null : text(name, value);
    }

    /** A text or a list of them; empty where the field is missing. */
    public List<String> texts(String name, int most) {
        JsonNode value = node(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            return List.of(text(name, value));
        }
        if (value.size() > most) {
            throw ApiError.invalid(name, "'%s' has %,d texts, and at most %,d are taken", name, value.size(), most);
        }
        List<String> texts = new ArrayList<>();
        value.forEach(one -> texts.add(text(name, one)));
        return texts;
    }

    /**
     * A value as text.
     *
     * @throws ApiError with status 400 if it is none, or holds half of a character, which JSON can spell
     */
    public static String text(String name, JsonNode value) {
        if (!value.isTextual()) {
            throw ApiError.invalid(name, "'%s' must be a text, not %s", name, shown(value));
        }
        String text = value.textValue();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    throw ApiError.invalid(name, "'%s' holds half of a character, \\u%04x", name, (int) text.charAt(i));
                }
                i++;
            }
        }
        return text;
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? "%.0f".formatted(number) : Double.toString(number);
    }

    /** The beginning of a value as it was sent, for a message. */
    public static String shown(JsonNode value) {
        String text = value.isArray() ? "a list" : value.isObject() ? "an object" : value.toString();
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
