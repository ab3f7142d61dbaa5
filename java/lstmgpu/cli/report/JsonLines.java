package lstmgpu.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** One JSON object a line. */
public final class JsonLines {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonLines() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Without line end. Numbers that JSON does not know (NaN, infinities) become null. */
    public static String line(ObjectNode object) {
        replaceNoNumbers(object);
        try {
            return MAPPER.writeValueAsString(object);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void replaceNoNumbers(ObjectNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode value = field.getValue();
            if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
                field.setValue(object.nullNode());
            } else if (value instanceof ObjectNode inner) {
                replaceNoNumbers(inner);
            } else {
                value.forEach(element -> {
                    if (element instanceof ObjectNode inner) {
                        replaceNoNumbers(inner);
                    }
                });
            }
        }
    }
}
