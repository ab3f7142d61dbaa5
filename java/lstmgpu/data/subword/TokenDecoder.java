package lstmgpu.data.subword;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tokens back to text, one after the other. */
final class TokenDecoder {
    private static final int MOST_STRIPPED = 10_000;

    /** Texts of tokens whose replacement is remembered. */
    private static final int MOST_KEPT = 1 << 16;

    private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

    /** WordPiece's spaces before punctuation and inside contractions, which nobody writes. */
    private static final List<String> TIDY =
            List.of(" .", " ?", " !", " ,", " ' ", " n't", " 'm", " do not", " 's", " 've", " 're");

    private static final List<String> TIDIED =
            List.of(".", "?", "!", ",", "'", "n't", "'m", " don't", "'s", "'ve", "'re");

    private final List<Step> steps = new ArrayList<>();
    private boolean fused;

    /** A token on its way: text until a step makes bytes of it. */
    private record Part(String text, byte[] bytes) {
        static Part of(String text) {
            return new Part(text, null);
        }
    }

    @FunctionalInterface
    private interface Step {
        /** @param before the token before this one, null for the first of a text */
        Part apply(Part part, String before, Effort effort);
    }

    private TokenDecoder() {}

    /** The one that a file describes. */
    static TokenDecoder of(Fields fields) {
        TokenDecoder decoder = new TokenDecoder();
        if (fields.isAbsent()) {
            decoder.onText((text, before) -> before == null ? text : " " + text);
        } else {
            decoder.add(fields);
        }
        return decoder;
    }

    /** The bytes that a token adds to a text; a character may be spread over several tokens. */
    byte[] decode(String token, String before) {
        Part part = Part.of(token);
        Effort effort = Effort.ofToken(token.length());
        for (Step step : steps) {
            part = step.apply(part, before, effort);
            effort.reach(part.text == null ? 0 : part.text.length());
        }
        return part.bytes != null ? part.bytes : part.text.getBytes(StandardCharsets.UTF_8);
    }

    private void add(Fields fields) {
        switch (fields.type()) {
            case "Sequence" -> fields.each("decoders").forEach(this::add);
            case "ByteLevel" ->
                steps.add(
                        (part, _, _) -> new Part(null, part.bytes != null ? part.bytes : ByteLetters.bytes(part.text)));
            case "ByteFallback" -> steps.add((part, _, _) -> fromByte(part));
            case "Fuse" -> fused = true;
            case "Metaspace" -> addMetaspace(fields);
            case "Replace" -> addReplace(fields);
            case "Strip" -> addStrip(fields);
            case "WordPiece" -> addWordPiece(fields);
            case "CTC" -> addTimed(fields);
            case "BPEDecoder" -> addSuffix(fields.text("suffix", "</w>"));
            default -> throw fields.unknown();
        }
    }

    @FunctionalInterface
    private interface OnText {
        String apply(String text, String before);
    }

    private void onText(OnText change) {
        steps.add((part, before, _) -> part.text == null ? part : Part.of(change.apply(part.text, before)));
    }

    private static Part fromByte(Part part) {
        Matcher matcher = part.text == null ? null : BYTE.matcher(part.text);
        return matcher == null || !matcher.matches()
                ? part
                : new Part(null, new byte[] {(byte) Integer.parseInt(matcher.group(1), 16)});
    }

    private void addMetaspace(Fields fields) {
        String mark = fields.character("replacement");
        boolean prefixed = !Metaspace.scheme(fields).equals(Metaspace.NEVER);
        onText((text, before) -> text.replace(mark, prefixed && before == null ? "" : " "));
    }

    private void addReplace(Fields fields) {
        Replacement replacement = Replacement.of(fields);
        Map<String, String> kept = new ConcurrentHashMap<>();
        steps.add((part, _, effort) -> {
            if (part.text == null) {
                return part;
            }
            if (replacement.isPlain()) {
                return Part.of(replacement.apply(part.text, effort));
            }
            if (kept.size() == MOST_KEPT) {
                kept.clear();
            }
            return Part.of(kept.computeIfAbsent(part.text, text -> guarded(replacement, text, effort)));
        });
    }

    private static String guarded(Replacement replacement, String text, Effort effort) {
        AtomicReference<String> result = new AtomicReference<>();
        Guard.run(effort, () -> result.set(replacement.apply(text, effort)));
        return result.get();
    }

    /**
     * Behind Fuse it is about the text as a whole, whose end nobody knows before it is there: only the start is
     * stripped then.
     */
    private void addStrip(Fields fields) {
        String content = fields.character("content");
        int start = fields.count("start", 0, MOST_STRIPPED);
        int most = fields.count("stop", 0, MOST_STRIPPED);
        int stop = fused ? 0 : most;
        boolean whole = fused;
        onText((text, before) -> whole && before != null ? text : stripped(text, content, start, stop));
    }

    private static String stripped(String text, String content, int start, int stop) {
        int from = 0;
        for (int i = 0; i < start && text.startsWith(content, from); i++) {
            from += content.length();
        }
        int to = text.length();
        for (int i = 0;
                i < stop && to - content.length() >= from && text.startsWith(content, to - content.length());
                i++) {
            to -= content.length();
        }
        return text.substring(from, to);
    }

    private void addWordPiece(Fields fields) {
        String prefix = fields.text("prefix", "##");
        boolean tidy = fields.flag("cleanup", true);
        onText((text, before) -> {
            boolean inside = before != null && text.startsWith(prefix);
            String spaced = before == null ? text : inside ? text.substring(prefix.length()) : " " + text;
            return tidy ? tidied(spaced) : spaced;
        });
    }

    /** Speech has a token for every moment: one that goes on is written once, and a pause not at all. */
    private void addTimed(Fields fields) {
        String pause = fields.text("pad_token", "<pad>");
        String space = fields.text("word_delimiter_token", "|");
        boolean tidy = fields.flag("cleanup", true);
        onText((text, before) -> {
            String said = text.equals(before) ? "" : text.replace(pause, "");
            return tidy ? tidied(said).replace(space, " ") : said;
        });
    }

    private static String tidied(String text) {
        String result = text;
        for (int i = 0; i < TIDY.size(); i++) {
            result = result.replace(TIDY.get(i), TIDIED.get(i));
        }
        return result;
    }

    /** The mark of a word's end is the space before the next word. */
    private void addSuffix(String suffix) {
        onText((text, before) -> (before != null && before.endsWith(suffix) ? " " : "") + text.replace(suffix, ""));
    }
}
