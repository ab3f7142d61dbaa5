package lstmgpu.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
     * @throws LstmGpuException with exit code 3 if it cannot be read or is no JSON object
     */
    public static ObjectNode read(Path file) {
        try {
            if (Files.size(file) > BYTES_AT_MOST) {
                throw LstmGpuException.data(
                        "%s has %,d bytes, more than such a file ever needs; restore it from a copy",
                        file, Files.size(file));
            }
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (root instanceof ObjectNode object) {
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

    /**
     * What {@link #writeSealed} has written.
     *
     * @throws LstmGpuException with exit code 3 if it cannot be read, or a single byte of it is another one
     */
    public static ObjectNode readSealed(Path file) {
        ObjectNode object = read(file);
        try {
            byte[] text = Files.readAllBytes(file);
            int place = Checksum.place(text);
            if (place >= 0 && Checksum.take(text, place).equals(Checksum.of(text))) {
                object.remove(Checksum.FIELD);
                return object;
            }
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
        throw LstmGpuException.data(
                "%s is damaged: its content is not that of its check sum; restore it from a copy", file);
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
