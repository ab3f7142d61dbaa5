package lstmgpu.data.subword;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Cuts a text into the pieces that tokens never cross. */
@FunctionalInterface
interface PreTokenizer {
    /** Where GPT-2 cuts. */
    String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    /** Cuts by counting characters from the start of a text. */
    String FIXED_LENGTH = "FixedLength";

    int MOST_LENGTH = 1 << 20;

    /** @param atStart whether nothing came before this part of a text */
    void split(String text, boolean atStart, Effort effort, Consumer<String> pieces);

    /** The one that a file describes; where it names none, the text is one piece. */
    static PreTokenizer of(Fields fields) {
        if (fields.isAbsent()) {
            return (text, _, _, pieces) -> pieces.accept(text);
        }
        PreTokenizer part = part(fields);
        return (text, atStart, effort, pieces) -> {
            effort.spendOn(text);
            part.split(text, atStart, effort, pieces);
        };
    }

    private static PreTokenizer part(Fields fields) {
        return switch (fields.type()) {
            case "Sequence" ->
                sequence(fields.each("pretokenizers").stream()
                        .map(PreTokenizer::of)
                        .toList());
            case "ByteLevel" -> byteLevel(fields);
            case "Metaspace" -> metaspace(fields);
            case "Split" ->
                by(Cut.behaviour(fields, "behavior", null), Cut.by(fields.pattern()), fields.flag("invert", false));
            case "Whitespace" ->
                by(Cut.REMOVED, Cut.by(Pattern.compile("\\w+|[^\\w\\s]+", Pattern.UNICODE_CHARACTER_CLASS)), true);
            case "WhitespaceSplit" -> by(Cut.REMOVED, Cut.by(Letters::isWhiteSpace), false);
            case "CharDelimiterSplit" -> {
                int delimiter = fields.character("delimiter").codePointAt(0);
                yield by(Cut.REMOVED, Cut.by(c -> c == delimiter), false);
            }
            case "Punctuation" ->
                by(Cut.behaviour(fields, "behavior", Cut.ISOLATED), Cut.by(Letters::isPunctuation), false);
            case "Digits" ->
                by(
                        fields.flag("individual_digits", false) ? Cut.ISOLATED : Cut.CONTIGUOUS,
                        Cut.by(Letters::isNumeric),
                        false);
            case FIXED_LENGTH -> fixedLength(fields.count("length", 5, MOST_LENGTH));
            case "UnicodeScripts" -> (text, _, _, pieces) -> Scripts.split(text, pieces);
            case "BertPreTokenizer" ->
                sequence(List.of(
                        by(Cut.REMOVED, Cut.by(Letters::isWhiteSpace), false),
                        by(Cut.ISOLATED, Cut.by(Letters::isPunctuation), false)));
            default -> throw fields.unknown();
        };
    }

    private static PreTokenizer by(Cut cut, Cut.Matches matches, boolean invert) {
        return (text, _, effort, pieces) -> cut.apply(text, matches, invert, effort, pieces);
    }

    private static PreTokenizer sequence(List<PreTokenizer> parts) {
        PreTokenizer whole = (text, _, _, pieces) -> pieces.accept(text);
        for (PreTokenizer part : parts) {
            whole = whole.then(part);
        }
        return whole;
    }

    private PreTokenizer then(PreTokenizer next) {
        return (text, atStart, effort, pieces) -> {
            boolean[] first = {atStart};
            split(text, atStart, effort, piece -> {
                next.split(piece, first[0], effort, pieces);
                first[0] = false;
            });
        };
    }

    private static PreTokenizer fixedLength(int length) {
        if (length == 0) {
            throw new IllegalArgumentException("the field pre_tokenizer.length of FixedLength is 0");
        }
        return (text, _, _, pieces) -> {
            for (int from = 0; from < text.length(); ) {
                int left = text.codePointCount(from, Math.min(text.length(), from + 2 * length));
                int to = text.offsetByCodePoints(from, Math.min(length, left));
                pieces.accept(text.substring(from, to));
                from = to;
            }
        };
    }

    private static PreTokenizer byteLevel(Fields fields) {
        boolean prefix = fields.flag("add_prefix_space", true);
        PreTokenizer cut = fields.flag("use_regex", true)
                ? by(Cut.ISOLATED, Cut.by(Pattern.compile(GPT2, Pattern.UNICODE_CHARACTER_CLASS)), false)
                : (text, _, _, pieces) -> pieces.accept(text);
        return (text, atStart, effort, pieces) -> {
            String spaced = prefix && !text.startsWith(" ") ? " " + text : text;
            cut.split(spaced, atStart, effort, piece -> {
                String letters = ByteLetters.of(piece);
                effort.reach(letters.length());
                pieces.accept(letters);
            });
        };
    }

    private static PreTokenizer metaspace(Fields fields) {
        String mark = fields.character("replacement");
        String scheme = Metaspace.scheme(fields);
        PreTokenizer cut = fields.flag("split", true)
                ? by(Cut.MERGED_WITH_NEXT, Cut.by(Pattern.compile(Pattern.quote(mark))), false)
                : (text, _, _, pieces) -> pieces.accept(text);
        return (text, atStart, effort, pieces) -> {
            String marked = text.replace(" ", mark);
            boolean prefix = scheme.equals(Metaspace.ALWAYS) || scheme.equals(Metaspace.FIRST) && atStart;
            cut.split(prefix && !marked.startsWith(mark) ? mark + marked : marked, atStart, effort, pieces);
        };
    }
}
