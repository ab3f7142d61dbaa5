package lstmgpu.data.subword;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The most probable sequence of tokens, each with a probability of its own, found by Viterbi's algorithm (Kudo 2018).
 */
final class UnigramModel implements Model {
    /** How much less probable than the least probable token an unknown character is, in nats. */
    private static final double UNKNOWN_PENALTY = 10;

    private final Entries entries;
    private final double[] scores;
    private final double unknownScore;
    private final Integer unknownId;
    private final boolean bytes;
    private final Prefixes prefixes;

    private UnigramModel(Entries entries, double[] scores, Integer unknownId, boolean bytes) {
        this.entries = entries;
        this.scores = scores;
        this.unknownScore = Arrays.stream(scores).min().orElse(0) - UNKNOWN_PENALTY;
        this.unknownId = unknownId;
        this.bytes = bytes;
        this.prefixes = new Prefixes(entries.ids().keySet());
    }

    static UnigramModel of(Fields fields, Entries entries) {
        double[] scores = new double[entries.ids().size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = fields.node().path("vocab").path(id).path(1).doubleValue();
        }
        boolean hasUnknown = fields.node().path("unk_id").isNumber();
        Integer unknownId = hasUnknown ? (Integer) fields.count("unk_id", 0, scores.length - 1) : null;
        return new UnigramModel(entries, scores, unknownId, fields.flag("byte_fallback", false));
    }

    @Override
    public void encode(String piece, IntConsumer ids, Consumer<String> unknown, Effort effort) {
        int[] tokens = new int[piece.length() + 1];
        int[] starts = new int[piece.length() + 1];
        search(piece, tokens, starts, effort);
        Deque<int[]> path = new ArrayDeque<>();
        for (int end = piece.length(); end > 0; end = starts[end]) {
            int[] next = path.peek();
            if (next != null && isUnknown(next[0]) && isUnknown(tokens[end])) {
                // What is unknown is one token, however long; the unknown token's own text is unknown too.
                next[1] = starts[end];
            } else {
                path.push(new int[] {tokens[end], starts[end], end});
            }
        }
        for (int[] token : path) {
            if (!isUnknown(token[0])) {
                ids.accept(token[0]);
            } else {
                acceptUnknown(piece.substring(token[1], token[2]), ids, unknown);
            }
        }
    }

    private boolean isUnknown(int token) {
        return token < 0 || unknownId != null && token == unknownId;
    }

    /** For every place the last token, −1 if unknown, of the best path there, and where that starts. */
    private void search(String piece, int[] tokens, int[] starts, Effort effort) {
        double[] best = new double[piece.length() + 1];
        Arrays.fill(best, 1, best.length, Double.NEGATIVE_INFINITY);
        for (int from = 0; from < piece.length(); ) {
            int width = Character.charCount(piece.codePointAt(from));
            boolean hasSingle = false;
            Prefixes.Walk walk = prefixes.walk();
            for (int to = from + 1; to <= piece.length() && walk.step(piece.charAt(to - 1)); to++) {
                effort.spend(Prefixes.STEPS);
                Integer id = entries.id(walk.text());
                if (id != null) {
                    hasSingle |= to == from + width;
                    improve(best, tokens, starts, from, to, id, scores[id]);
                }
            }
            if (!hasSingle) {
                improve(best, tokens, starts, from, from + width, -1, unknownScore);
            }
            from += width;
        }
    }

    private static void improve(double[] best, int[] tokens, int[] starts, int from, int to, int token, double score) {
        if (best[from] + score > best[to]) {
            best[to] = best[from] + score;
            tokens[to] = token;
            starts[to] = from;
        }
    }

    private void acceptUnknown(String text, IntConsumer ids, Consumer<String> unknown) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (entries.id(text) == null && bytes && Fallback.accept(entries, utf8, ids)) {
            return;
        }
        unknown.accept(text);
        if (unknownId != null) {
            ids.accept(unknownId);
        }
    }
}
