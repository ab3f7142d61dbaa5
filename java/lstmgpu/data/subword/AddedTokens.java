package lstmgpu.data.subword;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Tokens that are found in a text before anything else is done to it, such as {@code <|endoftext|>}: the leftmost, of
 * those the longest.
 */
final class AddedTokens {
    private static final int MOST_ID = (1 << 24) - 1;

    private static final Pattern WORD = Pattern.compile("\\w", Pattern.UNICODE_CHARACTER_CLASS);

    private final Map<String, Token> byContent = new HashMap<>();
    private final Prefixes contents;

    /** @param wordAlone whether it counts only between what belongs to no word */
    record Token(
            String content,
            int id,
            boolean wordAlone,
            boolean leftSpace,
            boolean rightSpace,
            boolean normalized,
            boolean special) {
        Token with(String other) {
            return new Token(other, id, wordAlone, leftSpace, rightSpace, normalized, special);
        }

        static Token of(Fields fields) {
            String content = fields.text("content");
            int id = fields.count("id", -1, MOST_ID);
            if (content.isEmpty() || id < 0) {
                throw new IllegalArgumentException(fields.place() + " has no content or no id");
            }
            return new Token(
                    content,
                    id,
                    fields.flag("single_word", false),
                    fields.flag("lstrip", false),
                    fields.flag("rstrip", false),
                    fields.flag("normalized", !fields.flag("special", false)),
                    fields.flag("special", false));
        }
    }

    /** Of the tokens that are looked for in normalized text, as the normalizer leaves them. */
    static AddedTokens normalized(List<Token> tokens, Normalizer normalizer, Effort effort) {
        return new AddedTokens(tokens.stream()
                .filter(Token::normalized)
                .map(token -> token.with(normalized(token.content, normalizer, effort)))
                .filter(token -> !token.content.isEmpty())
                .toList());
    }

    private static String normalized(String content, Normalizer normalizer, Effort effort) {
        effort.allowText(content.length());
        return normalizer.apply(content, Normalizer.Ends.BOTH, effort);
    }

    /** A stretch of text; with a token that stands for it, or null. */
    record Segment(String text, Token token) {}

    /** Of several with the same content a special one counts, or the first. */
    AddedTokens(List<Token> tokens) {
        tokens.stream().filter(Token::special).forEach(token -> byContent.putIfAbsent(token.content, token));
        tokens.forEach(token -> byContent.putIfAbsent(token.content, token));
        contents = new Prefixes(byContent.keySet());
    }

    /** Where a token must be a word alone and is not, the search goes on behind it, as the library's does. */
    List<Segment> split(String text, Effort effort) {
        if (byContent.isEmpty()) {
            return List.of(new Segment(text, null));
        }
        List<Segment> segments = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < text.length(); ) {
            effort.spend(1);
            Token token = byContent.get(contents.longest(text, at, effort));
            if (token == null) {
                at++;
                continue;
            }
            int start = at;
            at += token.content.length();
            if (token.wordAlone && isInsideWord(text, start, at)) {
                continue;
            }
            int end = at;
            while (token.leftSpace && start > from && Letters.isWhiteSpace(text.charAt(start - 1))) {
                start--;
            }
            while (token.rightSpace && end < text.length() && Letters.isWhiteSpace(text.charAt(end))) {
                effort.spend(1);
                end++;
            }
            addText(segments, text, from, start);
            segments.add(new Segment(token.content, token));
            from = end;
        }
        addText(segments, text, from, text.length());
        return segments;
    }

    /** A token may begin with white space that the one before it has taken already. */
    private static void addText(List<Segment> segments, String text, int from, int to) {
        if (from < to) {
            segments.add(new Segment(text.substring(from, to), null));
        }
    }

    private static boolean isInsideWord(String text, int start, int end) {
        return start > 0 && isWord(text.codePointBefore(start)) || end < text.length() && isWord(text.codePointAt(end));
    }

    private static boolean isWord(int codePoint) {
        return WORD.matcher(Character.toString(codePoint)).matches();
    }
}
