package lstmgpu.backend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Time for the cases of {@link ConformanceTest}: {@code -Dlstmgpu.test.seconds=20} gives the backends as much in all.
 * They then come in a drawn order, so that those for which there is time are of all kinds. Without it all cases are
 * run, in the order in which they are listed.
 */
public final class CaseBudget {
    private static final double SECONDS = Double.parseDouble(System.getProperty("lstmgpu.test.seconds", "0"));

    private static int left;
    private final long end = System.nanoTime() + (long) (SECONDS * 1e9);

    /** Cases for which there was no time. */
    public static int left() {
        return left;
    }

    /**
     * The cases as long as there is time, which is looked at before each.
     *
     * @param backends that have still to run, this one too; they share what is left of the time
     */
    Stream<ConformanceCase> within(List<ConformanceCase> cases, int backends) {
        if (SECONDS == 0) {
            return cases.stream();
        }
        List<ConformanceCase> drawn = new ArrayList<>(cases);
        Collections.shuffle(drawn, new Random(TestData.SEED));
        long[] until = new long[1];
        return drawn.stream().filter(test -> {
            long now = System.nanoTime();
            until[0] = until[0] == 0 ? now + (end - now) / backends : until[0];
            left += now < until[0] ? 0 : 1;
            return now < until[0];
        });
    }
}
