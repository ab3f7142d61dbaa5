package lstmgpu.data.subword;

import java.text.Normalizer.Form;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What happens to a text before it is split. */
@FunctionalInterface
interface Normalizer {
    Pattern MARKS = Pattern.compile("\\p{M}");
    Pattern NON_SPACING_MARKS = Pattern.compile("\\p{Mn}");

    String apply(String text, Ends ends, Effort effort);

    /** Whether nothing came before a part of a text, and nothing comes after it. */
    record Ends(boolean start, boolean end) {
        static final Ends BOTH = new Ends(true, true);
    }

    /** The one that a file describes; where it names none, the text stays. */
    static Normalizer of(Fields fields) {
        if (fields.isAbsent()) {
            return (text, _, _) -> text;
        }
        Normalizer part = part(fields);
        return (text, ends, effort) -> {
            effort.spendOn(text);
            String result = part.apply(text, ends, effort);
            effort.reach(result.length());
            return result;
        };
    }

    private static Normalizer part(Fields fields) {
        return switch (fields.type()) {
            case "Sequence" ->
                sequence(fields.each("normalizers").stream().map(Normalizer::of).toList());
            case "NFC" -> form(Form.NFC);
            case "NFD" -> form(Form.NFD);
            case "NFKC" -> form(Form.NFKC);
            case "NFKD" -> form(Form.NFKD);
            case "Nmt" -> (text, _, _) -> plain(text);
            case "ByteLevel" -> (text, _, _) -> ByteLetters.of(text);
            case "Lowercase" -> (text, _, _) -> lowercase(text);
            case "StripAccents" -> (text, _, _) -> MARKS.matcher(text).replaceAll("");
            case "Strip" -> strip(fields);
            case "Replace" -> {
                Replacement replacement = Replacement.of(fields);
                yield (text, _, effort) -> replacement.apply(text, effort);
            }
            case "Prepend" -> {
                String prefix = fields.text("prepend");
                yield (text, ends, _) -> ends.start && !text.isEmpty() ? prefix + text : text;
            }
            case "Precompiled" -> CharsMap.of(fields);
            case "BertNormalizer" -> bert(fields);
            default -> throw fields.unknown();
        };
    }

    private static Normalizer sequence(List<Normalizer> parts) {
        return (text, ends, effort) -> {
            String result = text;
            for (Normalizer part : parts) {
                result = part.apply(result, ends, effort);
            }
            return result;
        };
    }

    private static Normalizer form(Form form) {
        return (text, _, _) -> java.text.Normalizer.normalize(text, form);
    }

    private static Normalizer strip(Fields fields) {
        boolean left = fields.flag("strip_left", true);
        boolean right = fields.flag("strip_right", true);
        return (text, ends, _) -> {
            int from = 0;
            while (left && ends.start && from < text.length() && Letters.isWhiteSpace(text.charAt(from))) {
                from++;
            }
            int to = text.length();
            while (right && ends.end && to > from && Letters.isWhiteSpace(text.charAt(to - 1))) {
                to--;
            }
            return text.substring(from, to);
        };
    }

    private static Normalizer bert(Fields fields) {
        boolean clean = fields.flag("clean_text", true);
        boolean spaced = fields.flag("handle_chinese_chars", true);
        boolean lower = fields.flag("lowercase", true);
        boolean bare = fields.flag("strip_accents", lower);
        return (text, _, _) -> {
            String result = clean ? cleaned(text) : text;
            result = spaced ? withSpaces(result) : result;
            result = bare
                    ? NON_SPACING_MARKS
                            .matcher(java.text.Normalizer.normalize(result, Form.NFD))
                            .replaceAll("")
                    : result;
            return lower ? lowercase(result) : result;
        };
    }

    /** A character at a time, as the library does: no sigma is a final one. */
    private static String lowercase(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> result.append(Character.toString(c).toLowerCase(Locale.ROOT)));
        return result.toString();
    }

    /** What Google's translation models read: no control characters, and a space for what looks like one. */
    private static String plain(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> !isControl(c))
                .forEach(c -> result.appendCodePoint(isSpaceOfTranslation(c) ? ' ' : c));
        return result.toString();
    }

    private static boolean isControl(int c) {
        return c >= 0x01 && c <= 0x08 || c == 0x0B || c >= 0x0E && c <= 0x1F || c == 0x7F || c == 0x8F || c == 0x9F;
    }

    private static boolean isSpaceOfTranslation(int c) {
        return switch (c) {
            case '\t', '\n', '\f', '\r', 0x1680, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> true;
            default -> c >= 0x200B && c <= 0x200F;
        };
    }

    private static String cleaned(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> c == '\t' || c == '\n' || c == '\r' || c != 0xFFFD && !Letters.isOther(c))
                .forEach(c -> result.appendCodePoint(Letters.isWhiteSpace(c) ? ' ' : c));
        return result.toString();
    }

    private static String withSpaces(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Letters.isChinese(c)) {
                result.append(' ').appendCodePoint(c).append(' ');
            } else {
                result.appendCodePoint(c);
            }
        });
        return result.toString();
    }
}
