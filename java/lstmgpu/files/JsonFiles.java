package lstmgpu.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import lstmgpu.LstmGpuException;

/** JSON objects in files. */
public final class JsonFiles {
    private static final long BYTES_AT_MOST = 16L << 20;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonFiles() {}

    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /**
     * A file with or without a check sum; one that it has must be right.
     *
     * @throws LstmGpuException with exit code 3 if it is no regular file, cannot be read, is no JSON object or its
     *     content is not that of its check sum
     */
    public static ObjectNode read(Path file) {
        byte[] text = RegularFile.bytes(file, BYTES_AT_MOST);
        ObjectNode object = parse(file, text);
        if (object.has(Checksum.FIELD) && !isWhole(text)) {
            throw LstmGpuException.data(
                    "%s is not as lstm-gpu wrote it, as its check sum shows; restore it from a copy or, if you changed"
                            + " it yourself, delete its field \"%s\"",
                    file, Checksum.FIELD);
        }
        object.remove(Checksum.FIELD);
        return object;
    }

    private static ObjectNode parse(Path file, byte[] text) {
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw LstmGpuException.data("%s is damaged: it is no JSON object; restore it from a copy", file);
        } catch (JsonProcessingException failure) {
            throw LstmGpuException.data(
                    "%s is damaged: it is no JSON: %s; restore it from a copy", file, failure.getOriginalMessage());
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /** Blanks the check sum in the text. */
    private static boolean isWhole(byte[] text) {
        int place = Checksum.place(text);
        return place >= 0 && Checksum.take(text, place).equals(Checksum.of(text));
    }

    /**
     * What {@link #writeSealed} has written and nobody edits.
     *
     * @throws LstmGpuException as {@link #read}, also where the check sum is missing
     */
    public static ObjectNode readSealed(Path file) {
        byte[] text = RegularFile.bytes(file, BYTES_AT_MOST);
        ObjectNode object = parse(file, text);
        if (!isWhole(text)) {
            throw LstmGpuException.data(
                    "%s is damaged: its content is not that of its check sum; restore it from a copy", file);
        }
        object.remove(Checksum.FIELD);
        return object;
    }

    /** Replaces the file as a whole; the object gets a check sum of the text. */
    public static void writeSealed(Path file, ObjectNode object) {
        object.put(Checksum.FIELD, Checksum.BLANK);
        byte[] text = (object.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        Checksum.put(Checksum.of(text), text, Checksum.place(text));
        AtomicFiles.write(file, out -> out.write(text));
    }

    /** Replaces the file as a whole. */
    public static void write(Path file, ObjectNode object) {
        AtomicFiles.writeText(file, object.toPrettyString() + "\n");
    }
}
