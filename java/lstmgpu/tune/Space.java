package lstmgpu.tune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lstmgpu.backend.Philox;

/**
 * The settings among which a search draws, by the names of their flags: random search (Bergstra and Bengio 2012), with
 * counted random numbers, so that the i-th draw of a seed is always the same.
 */
public record Space(Map<String, Dimension> dimensions) {
    private static final double UNSIGNED = 0x1p-32;
    private static final int WORDS = 4;

    /** Draws without anything new after which all there is counts as found. */
    private static final int MOST_REPEATED = 100_000;

    public Space {
        dimensions = Collections.unmodifiableMap(new LinkedHashMap<>(dimensions));
    }

    /** How many different settings there are; {@link Long#MAX_VALUE} where they cannot be counted. */
    public long size() {
        long size = 1;
        for (Dimension dimension : dimensions.values()) {
            size = Math.multiplyHigh(size, dimension.size()) == 0 ? size * dimension.size() : Long.MAX_VALUE;
            size = size < 0 ? Long.MAX_VALUE : size;
        }
        return size;
    }

    /** The first so many different draws of a seed; fewer where there are no more settings. */
    public List<Map<String, String>> first(long seed, int count) {
        Set<Map<String, String>> found = new LinkedHashSet<>();
        int repeated = 0;
        for (int i = 0; found.size() < Math.min(count, size()) && repeated < MOST_REPEATED; i++) {
            repeated = found.add(draw(seed, i)) ? 0 : repeated + 1;
        }
        return new ArrayList<>(found);
    }

    private Map<String, String> draw(long seed, int number) {
        Map<String, String> drawn = new LinkedHashMap<>();
        int[] words = new int[WORDS];
        for (Map.Entry<String, Dimension> dimension : dimensions.entrySet()) {
            int place = drawn.size();
            Philox.block(seed, Philox.SEARCH, number, place / WORDS, words, 0);
            double u = Integer.toUnsignedLong(words[place % WORDS]) * UNSIGNED;
            drawn.put(dimension.getKey(), dimension.getValue().at(u));
        }
        return drawn;
    }
}
