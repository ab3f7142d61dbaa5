package lstmgpu.serve;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import lstmgpu.serve.http.EventStream;

/** An event of which nothing but the text changes, so that the rest of it is written as JSON once. */
final class PlainEvent {
    /** In a JSON text only here: within strings quotation marks have a backslash before them. */
    private static final String PLACE = "\"text\":\"\"";

    private final byte[] before;
    private final byte[] behind;

    private PlainEvent(byte[] before, byte[] behind) {
        this.before = before;
        this.behind = behind;
    }

    /** @param event with one choice, whose text is empty */
    static PlainEvent like(JsonNode event) {
        String whole = event.toString();
        int place = whole.indexOf(PLACE) + PLACE.length() - 1;
        return new PlainEvent(
                whole.substring(0, place).getBytes(StandardCharsets.UTF_8),
                whole.substring(place).getBytes(StandardCharsets.UTF_8));
    }

    /** Adds the event with a text in its place. */
    void add(String text, EventStream events) {
        events.add(before, JsonStringEncoder.getInstance().quoteAsUTF8(text), behind);
    }
}
