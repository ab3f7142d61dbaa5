package lstmgpu.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;

/** "Did you mean": the known words nearest to an unknown one by edit distance. */
final class Suggestions {
    private static final int MOST = 2;

    private Suggestions() {}

    static List<String> of(UnmatchedArgumentException failure) {
        String word = failure.getUnmatched().getFirst().replaceFirst("=.*", "").replace('_', '-');
        CommandLine command = failure.getCommandLine();
        boolean flag = word.startsWith("-");
        return nearest(
                word,
                flag
                        ? command.getCommandSpec().optionsMap().keySet()
                        : command.getSubcommands().keySet());
    }

    /**
     * At most two of the candidates, best first, and only those that a slip of the fingers
     * explains.
     */
    static List<String> nearest(String word, Collection<String> candidates) {
        record Ranked(String candidate, int distance) {}
        Stream<Ranked> ranked = candidates.stream()
                .filter(candidate -> candidate.length() > 2)
                .map(candidate -> new Ranked(candidate, distance(word, candidate)))
                .filter(found -> found.distance <= Math.max(2, word.length() / 3));
        List<Ranked> sorted = ranked.sorted(
                        Comparator.comparingInt(Ranked::distance).thenComparing(Ranked::candidate))
                .toList();
        return sorted.stream()
                .filter(found -> found.distance <= sorted.getFirst().distance + 1)
                .limit(MOST)
                .map(Ranked::candidate)
                .toList();
    }

    /** Levenshtein's distance. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
