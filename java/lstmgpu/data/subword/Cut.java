package lstmgpu.data.subword;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What becomes of the places where a text is cut. */
enum Cut {
    REMOVED("Removed"),
    ISOLATED("Isolated"),
    MERGED_WITH_PREVIOUS("MergedWithPrevious"),
    MERGED_WITH_NEXT("MergedWithNext"),
    CONTIGUOUS("Contiguous");

    private final String name;

    Cut(String name) {
        this.name = name;
    }

    /** Finds places in a text. */
    @FunctionalInterface
    interface Matches {
        /** All of the text in order, matches and what lies between them; no stretch is empty. */
        List<Stretch> stretches(String text, Effort effort);
    }

    record Stretch(int from, int to, boolean isMatch) {}

    static Cut behaviour(Fields fields, String field, Cut absent) {
        String name = absent == null ? fields.text(field) : fields.text(field, absent.name);
        for (Cut cut : values()) {
            if (cut.name.equalsIgnoreCase(name)) {
                return cut;
            }
        }
        throw new IllegalArgumentException(
                "%s.%s '%s' is unknown".formatted(fields.place(), field, Fields.shown(name)));
    }

    static Matches by(Expression pattern) {
        return (text, effort) -> {
            Search search = new Search(pattern, text, effort);
            return stretches(text, search::find, search::start, search::end);
        };
    }

    /** By an expression that is known to come to an end. */
    static Matches by(Pattern pattern) {
        return (text, effort) -> {
            Matcher matcher = pattern.matcher(text);
            List<Stretch> stretches = stretches(text, matcher::find, matcher::start, matcher::end);
            effort.spend(stretches.size());
            return stretches;
        };
    }

    private static List<Stretch> stretches(String text, BooleanSupplier find, IntSupplier start, IntSupplier matchEnd) {
        List<Stretch> stretches = new ArrayList<>();
        int end = 0;
        while (find.getAsBoolean()) {
            add(stretches, end, start.getAsInt(), false);
            add(stretches, start.getAsInt(), matchEnd.getAsInt(), true);
            end = matchEnd.getAsInt();
        }
        add(stretches, end, text.length(), false);
        return stretches;
    }

    /** Every character that is one, by itself. */
    static Matches by(IntPredicate isMatch) {
        return (text, _) -> {
            List<Stretch> stretches = new ArrayList<>();
            int end = 0;
            for (int i = 0; i < text.length(); ) {
                int c = text.codePointAt(i);
                int next = i + Character.charCount(c);
                if (isMatch.test(c)) {
                    add(stretches, end, i, false);
                    add(stretches, i, next, true);
                    end = next;
                }
                i = next;
            }
            add(stretches, end, text.length(), false);
            return stretches;
        };
    }

    private static void add(List<Stretch> stretches, int from, int to, boolean isMatch) {
        if (from < to) {
            stretches.add(new Stretch(from, to, isMatch));
        }
    }

    /** @param invert whether the matches are what is kept and the rest is where the text is cut */
    void apply(String text, Matches matches, boolean invert, Effort effort, Consumer<String> pieces) {
        List<Stretch> stretches = new ArrayList<>();
        for (Stretch stretch : matches.stretches(text, effort)) {
            stretches.add(new Stretch(stretch.from, stretch.to, stretch.isMatch != invert));
        }
        for (Stretch piece : pieces(stretches)) {
            pieces.accept(text.substring(piece.from, piece.to));
        }
    }

    private List<Stretch> pieces(List<Stretch> stretches) {
        return switch (this) {
            case REMOVED ->
                stretches.stream().filter(stretch -> !stretch.isMatch).toList();
            case ISOLATED -> stretches;
            case CONTIGUOUS -> merged(stretches, (last, stretch) -> last.isMatch == stretch.isMatch);
            case MERGED_WITH_PREVIOUS -> merged(stretches, (last, stretch) -> !last.isMatch && stretch.isMatch);
            case MERGED_WITH_NEXT -> {
                List<Stretch> backwards = new ArrayList<>(stretches);
                Collections.reverse(backwards);
                List<Stretch> result =
                        new ArrayList<>(merged(backwards, (next, stretch) -> !next.isMatch && stretch.isMatch));
                Collections.reverse(result);
                yield result;
            }
        };
    }

    @FunctionalInterface
    private interface Joins {
        boolean test(Stretch last, Stretch stretch);
    }

    /** Each stretch becomes part of the piece before it where {@code joins} says so of the stretch before it. */
    private static List<Stretch> merged(List<Stretch> stretches, Joins joins) {
        List<Stretch> pieces = new ArrayList<>();
        Stretch before = null;
        for (Stretch stretch : stretches) {
            if (before != null && joins.test(before, stretch)) {
                Stretch piece = pieces.removeLast();
                pieces.add(
                        new Stretch(Math.min(piece.from, stretch.from), Math.max(piece.to, stretch.to), piece.isMatch));
            } else {
                pieces.add(stretch);
            }
            before = stretch;
        }
        return pieces;
    }
}
