package lstmgpu.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.LstmGpuException;

/** Fields of a JSON file, each checked and, where it is wrong, named. */
public record JsonFields(Path file, ObjectNode object) {
    public boolean has(String name) {
        return object.has(name);
    }

    public int integer(String name, int lowest, int highest) {
        JsonNode value = required(name);
        if (!value.isInt() || value.intValue() < lowest || value.intValue() > highest) {
            throw wrong(name, "is %s; it is a whole number from %d to %d".formatted(value, lowest, highest));
        }
        return value.intValue();
    }

    /** A number in [lowest, highest]. */
    public double number(String name, double lowest, double highest) {
        JsonNode value = required(name);
        if (!value.isNumber() || !(value.doubleValue() >= lowest && value.doubleValue() <= highest)) {
            throw wrong(name, "is %s; it is a number from %s to %s".formatted(value, lowest, highest));
        }
        return value.doubleValue();
    }

    public boolean flag(String name) {
        JsonNode value = required(name);
        if (!value.isBoolean()) {
            throw wrong(name, "is %s; it is true or false".formatted(value));
        }
        return value.booleanValue();
    }

    /** A list of numbers. */
    public List<Double> numbers(String name) {
        JsonNode value = required(name);
        List<Double> numbers = new ArrayList<>();
        boolean right = value.isArray();
        for (JsonNode number : value) {
            right &= number.isNumber();
            numbers.add(number.doubleValue());
        }
        if (!right) {
            throw wrong(name, "is %s; it is a list of numbers".formatted(value));
        }
        return numbers;
    }

    /** A list of texts. */
    public List<String> texts(String name) {
        JsonNode value = required(name);
        List<String> texts = new ArrayList<>();
        boolean right = value.isArray();
        for (JsonNode text : value) {
            right &= text.isTextual();
            texts.add(text.asText());
        }
        if (!right) {
            throw wrong(name, "is %s; it is a list of texts".formatted(value));
        }
        return texts;
    }

    public String text(String name) {
        JsonNode value = required(name);
        if (!value.isTextual()) {
            throw wrong(name, "is %s; it is a text".formatted(value));
        }
        return value.textValue();
    }

    /** Exit code 3. */
    public LstmGpuException wrong(String name, String what) {
        return LstmGpuException.data("%s: the field %s %s", file, name, what);
    }

    private JsonNode required(String name) {
        JsonNode value = object.get(name);
        if (value == null) {
            throw wrong(name, "is missing; restore the file from a copy or train again");
        }
        return value;
    }
}
