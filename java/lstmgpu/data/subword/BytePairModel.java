package lstmgpu.data.subword;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Characters, joined pair by pair in the order in which the pairs were learnt (Sennrich, Haddow and Birch 2016). */
final class BytePairModel implements Model {
    private static final int DROPPED = -1;

    private final Entries entries;
    private final Map<Long, Merge> merges;
    private final String prefix;
    private final String suffix;
    private final Integer unknownId;
    private final boolean fuseUnknown;
    private final boolean bytes;
    private final boolean wholeFirst;

    private record Merge(int rank, int result) {}

    private BytePairModel(Fields fields, Entries entries) {
        if (fields.node().path("dropout").asDouble() > 0) {
            throw new IllegalArgumentException(
                    "%s.dropout draws other tokens every time; set it to null".formatted(fields.place()));
        }
        this.entries = entries;
        this.prefix = fields.text("continuing_subword_prefix", "");
        this.suffix = fields.text("end_of_word_suffix", "");
        this.unknownId = entries.id(fields.text("unk_token", null));
        this.fuseUnknown = fields.flag("fuse_unk", false);
        this.bytes = fields.flag("byte_fallback", false);
        this.wholeFirst = fields.flag("ignore_merges", false);
        this.merges = HashMap.newHashMap(fields.node().path("merges").size());
        int rank = 0;
        for (JsonNode merge : fields.node().path("merges")) {
            add(merge, rank++);
        }
    }

    static BytePairModel of(Fields fields, Entries entries) {
        return new BytePairModel(fields, entries);
    }

    /** "left right" in files of older versions, ["left", "right"] in newer ones. */
    private void add(JsonNode merge, int rank) {
        String[] pair = merge.isTextual()
                ? merge.textValue().split(" ", -1)
                : new String[] {merge.path(0).textValue(), merge.path(1).textValue()};
        Integer left = pair.length == 2 ? entries.id(pair[0]) : null;
        Integer right = pair.length == 2 ? entries.id(pair[1]) : null;
        Integer result =
                left == null || right == null ? null : entries.id(pair[0] + pair[1].substring(hidden(pair[1])));
        if (result == null) {
            throw new IllegalArgumentException(
                    "merge %d of model.merges, %s, does not join two tokens to one of model.vocab"
                            .formatted(rank, Fields.shown(merge.toString())));
        }
        merges.put(key(left, right), new Merge(rank, result));
    }

    private int hidden(String right) {
        return right.startsWith(prefix) ? prefix.length() : 0;
    }

    private static long key(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    @Override
    public void encode(String piece, IntConsumer ids, Consumer<String> unknown, Effort effort) {
        Integer whole = wholeFirst ? entries.id(piece) : null;
        if (whole != null) {
            ids.accept(whole);
            return;
        }
        int[] symbols = symbols(piece, unknown, effort);
        join(symbols, effort);
        for (int symbol : symbols) {
            if (symbol != DROPPED) {
                ids.accept(symbol);
            }
        }
    }

    private int[] symbols(String piece, Consumer<String> unknown, Effort effort) {
        IntStream.Builder symbols = IntStream.builder();
        boolean afterUnknown = false;
        for (int from = 0; from < piece.length(); ) {
            effort.spend(1L + prefix.length());
            int to = from + Character.charCount(piece.codePointAt(from));
            String character = piece.substring(from, to);
            Integer id = entries.id((from == 0 ? "" : prefix) + character + (to == piece.length() ? suffix : ""));
            boolean isUnknown = id == null
                    && !(bytes && Fallback.accept(entries, character.getBytes(StandardCharsets.UTF_8), symbols));
            if (id != null) {
                symbols.add(id);
            } else if (isUnknown) {
                unknown.accept(character);
                if (unknownId != null && !(fuseUnknown && afterUnknown)) {
                    symbols.add(unknownId);
                }
            }
            afterUnknown = isUnknown;
            from = to;
        }
        return symbols.build().toArray();
    }

    /**
     * Joins the pair learnt first, the leftmost of several, until no pair is left that was learnt. What is joined away
     * is −1.
     */
    private void join(int[] symbols, Effort effort) {
        int[] next = new int[symbols.length];
        int[] previous = new int[symbols.length];
        Arrays.setAll(next, i -> i + 1);
        Arrays.setAll(previous, i -> i - 1);
        PriorityQueue<Candidate> queue = new PriorityQueue<>();
        for (int left = 0; left + 1 < symbols.length; left++) {
            offer(queue, symbols, left, left + 1);
        }
        while (!queue.isEmpty()) {
            effort.spend(1);
            Candidate best = queue.poll();
            int left = best.left;
            int right = symbols[left] == DROPPED ? symbols.length : next[left];
            if (right == symbols.length || !best.merge.equals(merges.get(key(symbols[left], symbols[right])))) {
                continue; // One of the two was joined with another meanwhile.
            }
            symbols[left] = best.merge.result;
            symbols[right] = DROPPED;
            next[left] = next[right];
            if (next[left] < symbols.length) {
                previous[next[left]] = left;
                offer(queue, symbols, left, next[left]);
            }
            if (previous[left] >= 0) {
                offer(queue, symbols, previous[left], left);
            }
        }
    }

    private void offer(PriorityQueue<Candidate> queue, int[] symbols, int left, int right) {
        Merge merge = merges.get(key(symbols[left], symbols[right]));
        if (merge != null) {
            queue.add(new Candidate(merge, left));
        }
    }

    private record Candidate(Merge merge, int left) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            int byRank = Integer.compare(merge.rank, other.merge.rank);
            return byRank != 0 ? byRank : Integer.compare(left, other.left);
        }
    }
}
