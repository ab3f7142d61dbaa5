package lstmgpu.data;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts words in bounded memory: when the distinct words need more than {@link #MEMORY_BYTES}, those seen least often
 * so far are forgotten, at first the ones that came once, later those that came twice, and so on (as word2vec does).
 * They become {@code <unk>}.
 */
final class WordCounter {
    /** About the heap that the counted words may take: some three million words. */
    static final long MEMORY_BYTES = 256L << 20;

    private static final int OVERHEAD_BYTES = 72;

    private final long memoryBytes;
    private final Map<String, Count> counts = new HashMap<>();
    private long usedBytes;
    private long forgottenBelow = 1;

    WordCounter(long memoryBytes) {
        this.memoryBytes = memoryBytes;
    }

    /** A number that changes in place, so that a known word costs no new object. */
    private static final class Count {
        private long value;
    }

    void add(String word) {
        if (WordSplitter.isTooLong(word)) {
            return;
        }
        Count count = counts.get(word);
        if (count == null) {
            count = new Count();
            counts.put(word, count);
            usedBytes += bytes(word);
        }
        count.value++;
        while (usedBytes > memoryBytes) {
            forgottenBelow++;
            counts.entrySet().removeIf(entry -> entry.getValue().value < forgottenBelow);
            usedBytes = counts.keySet().stream().mapToLong(WordCounter::bytes).sum();
        }
    }

    Map<String, Long> counts() {
        Map<String, Long> result = HashMap.newHashMap(counts.size());
        counts.forEach((word, count) -> result.put(word, count.value));
        return result;
    }

    private static long bytes(String word) {
        return OVERHEAD_BYTES + 2L * word.length();
    }
}
