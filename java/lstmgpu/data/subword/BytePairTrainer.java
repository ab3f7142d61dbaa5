package lstmgpu.data.subword;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns which pairs of tokens to join: always the pair that comes most often, of several the one with the smaller left
 * and then the smaller right identifier (Sennrich, Haddow and Birch 2016, on bytes as in GPT-2). Tokens 0 to 255 are
 * the bytes.
 */
public final class BytePairTrainer {
    private static final int BYTES = 256;

    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> idOfToken = new HashMap<>();
    private final List<String> merges = new ArrayList<>();
    private final int[][] words;
    private final long[] counts;
    private final Map<Long, Long> pairCounts = new HashMap<>();
    private final Map<Long, Set<Integer>> wordsOfPair = new HashMap<>();
    private final PriorityQueue<Pair> queue = new PriorityQueue<>();

    /** A pair with the number of its places when it was queued. */
    private record Pair(long key, long count) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byCount = Long.compare(other.count, count);
            return byCount != 0 ? byCount : Long.compare(key, other.key);
        }
    }

    /** @param pieces of the text as {@link PreTokenizer#GPT2} cuts it, and how often each comes */
    public BytePairTrainer(Map<String, Long> pieces) {
        for (int value = 0; value < BYTES; value++) {
            add(Character.toString(ByteLetters.letter(value)));
        }
        words = new int[pieces.size()][];
        counts = new long[pieces.size()];
        int word = 0;
        for (Map.Entry<String, Long> piece : pieces.entrySet()) {
            words[word] = ByteLetters.of(piece.getKey())
                    .chars()
                    .map(c -> idOfToken.get(Character.toString(c)))
                    .toArray();
            counts[word] = piece.getValue();
            count(word, 1);
            word++;
        }
        pairCounts.forEach((key, count) -> queue.add(new Pair(key, count)));
    }

    private int add(String token) {
        Integer known = idOfToken.putIfAbsent(token, tokens.size());
        if (known != null) {
            return known;
        }
        tokens.add(token);
        return tokens.size() - 1;
    }

    private static long key(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    /** Joins pairs until there are {@code size} tokens or none comes {@code least} times. */
    public void learn(int size, long least) {
        while (tokens.size() < size && !queue.isEmpty()) {
            Pair best = queue.poll();
            long now = pairCounts.getOrDefault(best.key, 0L);
            if (now != best.count) {
                if (now > 0 && now < best.count) {
                    queue.add(new Pair(best.key, now));
                }
            } else if (now < least) {
                return;
            } else {
                join(best.key);
            }
        }
    }

    private void join(long key) {
        int left = (int) (key >> Integer.SIZE);
        int right = (int) key;
        merges.add(tokens.get(left) + " " + tokens.get(right));
        int joined = add(tokens.get(left) + tokens.get(right));
        Set<Long> changed = new HashSet<>();
        for (int word : wordsOfPair.remove(key)) {
            count(word, -1);
            words[word] = joined(words[word], left, right, joined);
            count(word, 1);
            for (int i = 0; i + 1 < words[word].length; i++) {
                if (words[word][i] == joined || words[word][i + 1] == joined) {
                    changed.add(key(words[word][i], words[word][i + 1]));
                }
            }
        }
        pairCounts.remove(key);
        changed.remove(key);
        changed.forEach(pair -> queue.add(new Pair(pair, pairCounts.get(pair))));
    }

    private static int[] joined(int[] word, int left, int right, int joined) {
        int[] result = new int[word.length];
        int length = 0;
        for (int i = 0; i < word.length; i++) {
            boolean isPair = i + 1 < word.length && word[i] == left && word[i + 1] == right;
            result[length++] = isPair ? joined : word[i];
            i += isPair ? 1 : 0;
        }
        return Arrays.copyOf(result, length);
    }

    /** Adds the word's pairs to the counts, or takes them away. */
    private void count(int word, int sign) {
        for (int i = 0; i + 1 < words[word].length; i++) {
            long key = key(words[word][i], words[word][i + 1]);
            pairCounts.merge(key, sign * counts[word], Long::sum);
            if (sign > 0) {
                wordsOfPair.computeIfAbsent(key, _ -> new HashSet<>()).add(word);
            }
        }
    }

    /** In the order of their identifiers. */
    public List<String> tokens() {
        return List.copyOf(tokens);
    }

    /** In the order in which they were learnt, left and right with a space between. */
    public List<String> merges() {
        return List.copyOf(merges);
    }
}
