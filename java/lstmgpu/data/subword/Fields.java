package lstmgpu.data.subword;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/** Reads one object of a {@code tokenizer.json}. What is unfit is an {@link IllegalArgumentException} that names it. */
record Fields(String place, JsonNode node) {
    /** No name, mark or expression that people use comes near. */
    private static final int LONGEST_TEXT = 10_000;

    private static final int LONGEST_EXPRESSION = 4096;
    private static final int MOST_ELEMENTS = 100;
    private static final int MOST_SHOWN = 80;
    private static final int SHOWN = 40;

    String type() {
        return text("type");
    }

    String text(String name) {
        return text(name, LONGEST_TEXT);
    }

    /** A text of so many characters at most. */
    String text(String name, int longest) {
        JsonNode value = node.path(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("the field %s.%s is missing or no text".formatted(place, name));
        }
        String text = value.textValue();
        if (text.length() > longest) {
            throw new IllegalArgumentException("the field %s.%s has %,d characters, which is more than %,d"
                    .formatted(place, name, text.length(), longest));
        }
        return text;
    }

    /** A text of one character. */
    String character(String name) {
        String text = text(name);
        if (text.codePointCount(0, text.length()) != 1) {
            throw new IllegalArgumentException("the field %s.%s is not one character".formatted(place, name));
        }
        return text;
    }

    String text(String name, String absent) {
        return node.path(name).isMissingNode() || node.path(name).isNull() ? absent : text(name);
    }

    boolean flag(String name, boolean absent) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("the field %s.%s is neither true nor false".formatted(place, name));
        }
        return value.booleanValue();
    }

    /** A number in [0, most]. */
    int count(String name, int absent, int most) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return absent;
        }
        if (!value.isInt() || value.intValue() < 0 || value.intValue() > most) {
            throw new IllegalArgumentException(
                    "the field %s.%s is no number from 0 to %,d".formatted(place, name, most));
        }
        return value.intValue();
    }

    /** The elements of a short array of objects, such as the parts of a sequence. */
    List<Fields> each(String name) {
        return each(name, MOST_ELEMENTS);
    }

    List<Fields> each(String name, int most) {
        JsonNode array = node.path(name);
        if (!array.isArray()) {
            throw new IllegalArgumentException("the field %s.%s is missing or no list".formatted(place, name));
        }
        if (array.size() > most) {
            throw new IllegalArgumentException("the field %s.%s has %,d elements, which is more than %,d"
                    .formatted(place, name, array.size(), most));
        }
        List<Fields> elements = new ArrayList<>(array.size());
        for (int index = 0; index < array.size(); index++) {
            elements.add(new Fields("%s.%s[%d]".formatted(place, name, index), array.get(index)));
        }
        return elements;
    }

    Fields child(String name) {
        return new Fields(place.isEmpty() ? name : place + "." + name, node.path(name));
    }

    boolean isAbsent() {
        return node.isMissingNode() || node.isNull();
    }

    /** The field {@code pattern}: {"String": ...} or {"Regex": ...}, not empty. */
    Expression pattern() {
        Fields pattern = child("pattern");
        String name = pattern.node.has("Regex") ? "Regex" : "String";
        String text = pattern.text(name, LONGEST_EXPRESSION);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the field %s.%s is empty".formatted(pattern.place, name));
        }
        try {
            return name.equals("String") ? Expression.text(text) : Expression.regular(text);
        } catch (PatternSyntaxException unfit) {
            throw new IllegalArgumentException(
                    "the regular expression of %s cannot be read: %s".formatted(place, unfit.getDescription()), unfit);
        }
    }

    IllegalArgumentException unknown() {
        return new IllegalArgumentException(
                "%s '%s' is not among those that lstm-gpu knows".formatted(place, shown(type())));
    }

    /** A text of a file as a message has it. */
    static String shown(String text) {
        return text.length() <= MOST_SHOWN ? text : text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…";
    }
}
