package lstmgpu.data.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.IoErrors;

/** Files of JSON Lines: an object on every line, of which some fields are wanted. */
public final class JsonRecords {
    private static final int BYTES_LOOKED_AT = 1 << 12;
    private static final Pattern LIST = Pattern.compile("\\[\\s*[{\\[\\]]");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonRecords() {}

    /** Whether a file begins like JSON Lines: with a brace. */
    public static boolean isIn(Path file) {
        return start(file).startsWith("{");
    }

    /** Whether a file begins like a list of objects in JSON, which is not read. */
    static boolean isList(Path file) {
        return LIST.matcher(start(file)).lookingAt();
    }

    private static String start(Path file) {
        try (InputStream in = InputFiles.open(file)) {
            String start = new String(in.readNBytes(BYTES_LOOKED_AT), StandardCharsets.UTF_8);
            return start.replace("\uFEFF", "").stripLeading();
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /**
     * A row for every object, with a cell for each of these fields: a text, or a number or a truth value as it is
     * written.
     *
     * @throws LstmGpuException with exit code 3, also from the rows, naming file and line, if a line is no object or a
     *     field is missing or something else
     */
    public static Rows open(Path file, List<String> fields) {
        return new ObjectRows(file, fields, TextLines.open(file));
    }

    /** Hands on the rows of {@link #open}. */
    public static void forEach(Path file, List<String> fields, Consumer<Row> rows) {
        try (Rows open = open(file, fields)) {
            open.forEachRemaining(rows);
        }
    }

    private static final class ObjectRows implements Rows {
        private final Path file;
        private final List<String> fields;
        private final TextLines lines;
        private String line;

        ObjectRows(Path file, List<String> fields, TextLines lines) {
            this.file = file;
            this.fields = List.copyOf(fields);
            this.lines = lines;
        }

        @Override
        public boolean hasNext() {
            line = line == null ? lines.next() : line;
            return line != null;
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            String taken = line;
            line = null;
            return row(file, lines.number(), taken, fields);
        }

        @Override
        public void close() {
            lines.close();
        }
    }

    private static Row row(Path file, long number, String line, List<String> fields) {
        Row place = new Row(file, number, List.of());
        JsonNode object;
        try {
            object = JSON.readTree(line);
        } catch (JsonProcessingException failure) {
            throw new LstmGpuException(
                    ExitCode.DATA,
                    "%s: this is no JSON object: %s"
                            .formatted(place.place(), LstmGpuException.shortened(reason(failure))),
                    failure);
        }
        if (object == null || !object.isObject()) {
            throw place.unfit("this is no JSON object; give one on every line");
        }
        List<String> cells = new ArrayList<>();
        for (String field : fields) {
            cells.add(cell(place, object, field));
        }
        return new Row(file, number, cells);
    }

    /** Where in its text the parser was when it saw that is of no use to a person: it is given a line at a time. */
    private static String reason(JsonProcessingException failure) {
        return failure.getOriginalMessage().replaceAll("\\s*\\((start marker )?at \\[Source: .*]\\)", "");
    }

    private static String cell(Row place, JsonNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null) {
            throw place.unfit("there is no field '%s'; there are %s", field, names(object));
        }
        if (!value.isTextual() && !value.isNumber() && !value.isBoolean()) {
            throw place.unfit(
                    "the field '%s' is %s; give a text",
                    field, value.getNodeType().name().toLowerCase(Locale.ROOT));
        }
        return value.asText();
    }

    private static String names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(name -> names.add("'" + name + "'"));
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
