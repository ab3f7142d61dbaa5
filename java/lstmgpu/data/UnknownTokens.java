package lstmgpu.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a vocabulary lacks, in order of appearance. Only so many are named, so that a text in another script does not
 * fill the memory; all are counted.
 */
final class UnknownTokens {
    private final int namesAtMost;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private long total;

    UnknownTokens(int namesAtMost) {
        this.namesAtMost = namesAtMost;
    }

    void add(String name) {
        total++;
        if (counts.containsKey(name) || counts.size() < namesAtMost) {
            counts.merge(name, 1L, Long::sum);
        }
    }

    Map<String, Long> counts() {
        return Collections.unmodifiableMap(counts);
    }

    long total() {
        return total;
    }
}
