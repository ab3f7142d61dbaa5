package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import lstmgpu.serve.http.EventStream;
import org.junit.jupiter.api.Test;

class PlainEventTest {
    /** The bytes of one event. */
    private static final class Kept implements EventStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void add(byte[]... data) {
            for (byte[] piece : data) {
                bytes.writeBytes(piece);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void done() {}

        @Override
        public void close() {}
    }

    private static ObjectNode event(String text) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("model", "a \"text\":\"\" of mine ä").put("id", "\\\"text\":\"\"");
        event.putArray("choices").addObject().put("index", 3).put("text", text).putNull("finish_reason");
        return event.putNull("usage");
    }

    @Test
    void itIsWhatTheTreeWouldBe() {
        PlainEvent plain = PlainEvent.like(event(""));
        for (String text :
                new String[] {"", "a", "\"\\/\n\t\r\u0000\u001f\u007f", "ä€\ud83d\ude00\ufffd\u2028", "</script>"}) {
            Kept kept = new Kept();
            plain.add(text, kept);
            JsonNode expected = event(text);
            assertEquals(expected.toString(), kept.bytes.toString(StandardCharsets.UTF_8));
        }
    }
}
