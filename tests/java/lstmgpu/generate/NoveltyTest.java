package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringReader;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NoveltyTest {
    private static Novelty.Report report(String sample, String... texts) throws IOException {
        Novelty novelty = new Novelty(sample);
        for (String text : texts) {
            novelty.read(new StringReader(text));
        }
        return novelty.report();
    }

    @Test
    void runsOfTwentyCountAndShorterOnesDoNot() throws IOException {
        String run = "abcdefghijklmnopqrst";
        assertEquals(new Novelty.Report(24, 20, run), report("xx" + run + "yy", "..." + run + "..."));
        assertEquals(
                new Novelty.Report(24, 0, run.substring(1)),
                report("xx" + run + "yy", "..." + run.substring(1) + "..."));
        assertEquals(new Novelty.Report(0, 0, ""), report("", "text"));
        assertEquals(new Novelty.Report(3, 0, ""), report("xyz", "abc"));
        assertEquals(new Novelty.Report(40, 40, run), report(run + run, "1" + run + "2", "nothing"));
    }

    /** Against the definition, on texts of two letters, which have everything in common somewhere. */
    @Test
    void agreesWithTryingEveryRun() throws IOException {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            String sample = letters(random, 60);
            String text = letters(random, 30)
                    + sample.substring(round % 20, round % 20 + 18 + round % 7)
                    + letters(random, 9);
            boolean[] covered = new boolean[sample.length()];
            int longest = 0;
            for (int from = 0; from < sample.length(); from++) {
                for (int to = from + 1; to <= sample.length() && text.contains(sample.substring(from, to)); to++) {
                    longest = Math.max(longest, to - from);
                    for (int i = from; i < to && to - from >= Novelty.LEAST; i++) {
                        covered[i] = true;
                    }
                }
            }
            int verbatim = 0;
            for (boolean one : covered) {
                verbatim += one ? 1 : 0;
            }
            Novelty.Report report = report(sample, text);
            assertEquals(verbatim, report.verbatim(), sample + " in " + text);
            assertEquals(longest, report.longest().length(), sample + " in " + text);
        }
    }

    private static String letters(Random random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(random.nextBoolean() ? 'a' : 'b');
        }
        return text.toString();
    }
}
