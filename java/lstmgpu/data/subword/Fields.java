package lstmgpu.data.subword;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads one object of a {@code tokenizer.json}. What is unfit is an {@link IllegalArgumentException} that names it. */
record Fields(String place, JsonNode node) {
    /** How the library's regular expressions read classes such as \s and (?i:...), and where they see lines: at line feeds only. */
    private static final int ONIGURUMA =
            Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE | Pattern.UNIX_LINES | Pattern.MULTILINE;

    String type() {
        return text("type");
    }

    String text(String name) {
        JsonNode value = node.path(name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("the field %s.%s is missing or no text".formatted(place, name));
        }
        return value.textValue();
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

    /** The elements of an array of objects. */
    List<Fields> each(String name) {
        JsonNode array = node.path(name);
        if (!array.isArray()) {
            throw new IllegalArgumentException("the field %s.%s is missing or no list".formatted(place, name));
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

    /** The field {@code pattern}: {"String": ...} or {"Regex": ...}. */
    Pattern pattern() {
        JsonNode pattern = node.path("pattern");
        if (pattern.path("String").isTextual()) {
            return Pattern.compile(Pattern.quote(pattern.path("String").textValue()));
        }
        if (!pattern.path("Regex").isTextual()) {
            throw new IllegalArgumentException("the field %s.pattern is neither a String nor a Regex".formatted(place));
        }
        try {
            return Pattern.compile(pattern.path("Regex").textValue(), ONIGURUMA);
        } catch (PatternSyntaxException unfit) {
            throw new IllegalArgumentException(
                    "the regular expression of %s cannot be read: %s".formatted(place, unfit.getDescription()), unfit);
        }
    }

    IllegalArgumentException unknown() {
        return new IllegalArgumentException("%s '%s' is not among those that lstm-gpu knows".formatted(place, type()));
    }
}
