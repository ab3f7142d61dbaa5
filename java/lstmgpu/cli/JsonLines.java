package lstmgpu.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** One JSON object a line. */
final class JsonLines {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonLines() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Without line end. Numbers that JSON does not know (NaN, infinities) become null. */
    static String line(ObjectNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (field.getValue().isFloatingPointNumber()
                    && !Double.isFinite(field.getValue().doubleValue())) {
                field.setValue(object.nullNode());
            }
        }
        try {
            return MAPPER.writeValueAsString(object);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
