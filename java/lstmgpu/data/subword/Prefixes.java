package lstmgpu.data.subword;

import java.util.Arrays;
import java.util.Collection;

/** Texts in order, to find those that a stretch begins with by looking at each of its characters once. */
final class Prefixes {
    /** What a step of a walk costs, which is two searches. */
    static final int STEPS = 8;

    private static final int FIRST_CHARACTERS = Character.MAX_VALUE + 1;

    private final String[] sorted;

    /** Where the texts with a first character begin; the last entry is their number. */
    private final int[] starts = new int[FIRST_CHARACTERS + 1];

    Prefixes(Collection<String> texts) {
        sorted = texts.stream().filter(text -> !text.isEmpty()).sorted().toArray(String[]::new);
        for (String text : sorted) {
            starts[text.charAt(0) + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
    }

    /** A walk from the beginning of a stretch. */
    final class Walk {
        private int low;
        private int high = sorted.length;
        private int depth;

        /** Goes on by a character; false where no text goes on so. */
        boolean step(char c) {
            if (depth == 0) {
                low = starts[c];
                high = starts[c + 1];
            } else {
                low += low < high && sorted[low].length() == depth ? 1 : 0;
                low = firstNotBelow(c);
                high = firstNotBelow(c + 1);
            }
            depth++;
            return low < high;
        }

        private int firstNotBelow(int c) {
            int from = low;
            int to = high;
            while (from < to) {
                int middle = (from + to) >>> 1;
                if (sorted[middle].charAt(depth) < c) {
                    from = middle + 1;
                } else {
                    to = middle;
                }
            }
            return from;
        }

        /** The text that ends here, or null. */
        String text() {
            return low < high && sorted[low].length() == depth ? sorted[low] : null;
        }
    }

    Walk walk() {
        return new Walk();
    }

    /** The longest text at a place that does not end inside a character, or null. */
    String longest(String text, int from, Effort effort) {
        return longest(walk(), text, from, effort);
    }

    /** The same behind what a walk has seen; what is found includes that. */
    String longest(Walk walk, String text, int from, Effort effort) {
        String found = null;
        for (int at = from; at < text.length() && walk.step(text.charAt(at)); at++) {
            effort.spend(STEPS);
            boolean inside = Character.isHighSurrogate(text.charAt(at))
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1));
            String here = inside ? null : walk.text();
            found = here == null ? found : here;
        }
        return found;
    }
}
