package lstmgpu.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lstmgpu.ShellWord;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.IoErrors;

/** Recognises what people take for a text and what is read as one although it is something else. */
public final class InputKind {
    private static final int BYTES_LOOKED_AT = 1 << 16;
    private static final int LINES_LOOKED_AT = 50;
    private static final int LEAST_OBJECTS = 2;
    private static final int LEAST_ROWS = 4;
    private static final double LEAST_NUMBERS = 0.6;
    private static final List<String> SEPARATORS = List.of(",", ";", "\t", " +");

    /** Also a date and a time of day. */
    private static final Pattern NUMBER = Pattern.compile("[-+]?[\\d.][\\d.eE+:/TZ-]*|[Nn][Aa][Nn]|");

    private static final ObjectMapper JSON = new ObjectMapper();

    private InputKind() {}

    /** A line for the person who trains on a file, or null where it looks like a text. */
    public static String notice(Path input) {
        List<String> lines = lines(input);
        String field = field(lines);
        if (field != null) {
            return ("%s has a JSON object on every line, and all of that is read as text, braces and names too; for a"
                            + " field alone: %s %s")
                    .formatted(input, TextInputs.COLUMN_FLAG, ShellWord.of(field));
        }
        int columns = columns(lines);
        return columns == 0
                ? null
                : "%s is a table of numbers (%d column%s), which is read as text, digit by digit: the model will write such digits"
                        .formatted(input, columns, columns == 1 ? "" : "s");
    }

    /** The first whole ones. */
    private static List<String> lines(Path input) {
        try (InputStream in = InputFiles.open(input)) {
            byte[] start = in.readNBytes(BYTES_LOOKED_AT);
            String text = new String(start, StandardCharsets.UTF_8);
            List<String> lines = text.lines()
                    .filter(line -> !line.isBlank())
                    .limit(LINES_LOOKED_AT + 1)
                    .toList();
            boolean cut = start.length == BYTES_LOOKED_AT && lines.size() <= LINES_LOOKED_AT && lines.size() > 1;
            return cut ? lines.subList(0, lines.size() - 1) : lines;
        } catch (IOException failure) {
            throw IoErrors.unreadable(input, failure);
        }
    }

    /** The name of the longest text in the first object, or null if these are not objects. */
    private static String field(List<String> lines) {
        if (lines.size() < LEAST_OBJECTS || !lines.stream().allMatch(line -> line.startsWith("{"))) {
            return null;
        }
        try {
            for (String line : lines.subList(1, lines.size())) {
                JSON.readTree(line);
            }
            return JSON.readTree(lines.getFirst()).properties().stream()
                    .filter(field -> field.getValue().isTextual())
                    .max(Comparator.comparingInt((Map.Entry<String, JsonNode> field) ->
                            field.getValue().textValue().length()))
                    .map(Map.Entry::getKey)
                    .orElse("text");
        } catch (JsonProcessingException noJson) {
            return null;
        }
    }

    /** 0 if this is no table, or one of something else than numbers. */
    private static int columns(List<String> lines) {
        for (String separator : SEPARATORS) {
            int columns = columns(lines, separator);
            if (columns > 0) {
                return columns;
            }
        }
        return 0;
    }

    private static int columns(List<String> lines, String separator) {
        if (lines.size() <= LEAST_ROWS) {
            return 0;
        }
        int columns = lines.getFirst().strip().split(separator, -1).length;
        long numbers = 0;
        // The first line may be a heading.
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.strip().split(separator, -1);
            if (cells.length != columns) {
                return 0;
            }
            for (String cell : cells) {
                numbers += NUMBER.matcher(cell.strip().replace("\"", "")).matches() ? 1 : 0;
            }
        }
        return numbers >= LEAST_NUMBERS * columns * (lines.size() - 1) ? columns : 0;
    }
}
