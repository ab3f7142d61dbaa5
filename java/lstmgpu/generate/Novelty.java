package lstmgpu.generate;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of a sample stands verbatim in another text. The sample becomes a suffix automaton (Blumer 1985), so that
 * the other text, however long, is read once and not kept.
 */
public final class Novelty {
    /** Shorter runs that two texts share are no sign of one having been copied. */
    public static final int LEAST = 20;

    private static final int BUFFER = 1 << 16;

    private final String sample;
    private final List<Map<Character, Integer>> next = new ArrayList<>();
    private int[] length;
    private int[] link;
    private int[] best;
    private final int[] stateOfPrefix;

    /**
     * @param characters of the sample
     * @param verbatim of them inside a run of at least {@link #LEAST} that the other text has too
     * @param longest run that both have
     */
    public record Report(int characters, int verbatim, String longest) {}

    public Novelty(String sample) {
        this.sample = sample;
        int states = 2 * sample.length() + 1;
        length = new int[states];
        link = new int[states];
        best = new int[states];
        stateOfPrefix = new int[sample.length()];
        newState(0, -1, Map.of());
        int last = 0;
        for (int i = 0; i < sample.length(); i++) {
            last = extend(last, sample.charAt(i));
            stateOfPrefix[i] = last;
        }
    }

    private int newState(int longest, int shorter, Map<Character, Integer> transitions) {
        int state = next.size();
        next.add(new HashMap<>(transitions));
        length[state] = longest;
        link[state] = shorter;
        return state;
    }

    private int extend(int last, char c) {
        int added = newState(length[last] + 1, 0, Map.of());
        int from = last;
        while (from >= 0 && !next.get(from).containsKey(c)) {
            next.get(from).put(c, added);
            from = link[from];
        }
        if (from < 0) {
            return added;
        }
        int to = next.get(from).get(c);
        if (length[to] != length[from] + 1) {
            int copy = newState(length[from] + 1, link[to], next.get(to));
            link[to] = copy;
            while (from >= 0 && Integer.valueOf(to).equals(next.get(from).get(c))) {
                next.get(from).put(c, copy);
                from = link[from];
            }
            to = copy;
        }
        link[added] = to;
        return added;
    }

    /** Reads another text to its end. */
    public void read(Reader text) throws IOException {
        char[] buffer = new char[BUFFER];
        int state = 0;
        int matched = 0;
        for (int count = text.read(buffer); count >= 0; count = text.read(buffer)) {
            for (int i = 0; i < count; i++) {
                while (state > 0 && !next.get(state).containsKey(buffer[i])) {
                    state = link[state];
                    matched = length[state];
                }
                Integer following = next.get(state).get(buffer[i]);
                if (following != null) {
                    state = following;
                    best[state] = Math.max(best[state], ++matched);
                }
            }
        }
    }

    /** What the texts read so far have in common with the sample. */
    public Report report() {
        // Whoever has a run has its ends too.
        Integer[] byLength = new Integer[next.size()];
        Arrays.setAll(byLength, state -> state);
        Arrays.sort(byLength, (a, b) -> length[b] - length[a]);
        for (int state : byLength) {
            if (best[state] > 0 && link[state] > 0) {
                best[link[state]] = length[link[state]];
            }
        }
        boolean[] covered = new boolean[sample.length()];
        String longest = "";
        for (int end = 0; end < sample.length(); end++) {
            int state = stateOfPrefix[end];
            while (state > 0 && best[state] == 0) {
                state = link[state];
            }
            int run = state > 0 ? best[state] : 0;
            if (run > longest.length()) {
                longest = sample.substring(end + 1 - run, end + 1);
            }
            if (run >= LEAST) {
                Arrays.fill(covered, end + 1 - run, end + 1, true);
            }
        }
        int verbatim = 0;
        for (boolean one : covered) {
            verbatim += one ? 1 : 0;
        }
        return new Report(sample.length(), verbatim, longest);
    }
}
