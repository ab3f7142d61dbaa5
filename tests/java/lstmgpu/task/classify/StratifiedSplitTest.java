package lstmgpu.task.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;

class StratifiedSplitTest {
    /** 100 of class 0, 30 of class 1, 7 of class 2, one of class 3. */
    private static final List<Integer> CLASSES = IntStream.range(0, 138)
            .map(i -> i < 100 ? 0 : i < 130 ? 1 : i < 137 ? 2 : 3)
            .boxed()
            .toList();

    private static List<Long> ofClasses(List<Integer> places) {
        return IntStream.range(0, 4)
                .mapToObj(c -> places.stream().filter(p -> CLASSES.get(p) == c).count())
                .toList();
    }

    @Test
    void everyClassGivesItsShareAndKeepsOne() {
        StratifiedSplit split = StratifiedSplit.of(CLASSES, 4, 0.1, 3);
        assertEquals(List.of(10L, 3L, 1L, 0L), ofClasses(split.heldOut()));
        assertEquals(
                List.of(50L, 15L, 4L, 0L),
                ofClasses(StratifiedSplit.of(CLASSES, 4, 0.5, 3).heldOut()));
        assertEquals(
                List.of(1L, 1L, 1L, 1L),
                ofClasses(StratifiedSplit.of(CLASSES, 4, 0.999, 3).training()));
        assertEquals(0, StratifiedSplit.of(CLASSES, 4, 0, 3).heldOut().size());
    }

    @Test
    void everyDocumentIsOnOneSide() {
        StratifiedSplit split = StratifiedSplit.of(CLASSES, 4, 0.3, 3);
        TreeSet<Integer> all = new TreeSet<>(split.training());
        all.addAll(split.heldOut());
        assertEquals(CLASSES.size(), all.size());
        assertEquals(CLASSES.size(), split.training().size() + split.heldOut().size());
        assertEquals(split.heldOut().stream().sorted().toList(), split.heldOut());
    }

    @Test
    void theSeedDecides() {
        StratifiedSplit split = StratifiedSplit.of(CLASSES, 4, 0.3, 3);
        assertEquals(split, StratifiedSplit.of(CLASSES, 4, 0.3, 3));
        assertNotEquals(split, StratifiedSplit.of(CLASSES, 4, 0.3, 4));
    }

    @Test
    void aFractionThatIsNoneIsRefused() {
        for (double fraction : new double[] {-0.1, 1, Double.NaN}) {
            LstmGpuException failure =
                    assertThrows(LstmGpuException.class, () -> StratifiedSplit.of(CLASSES, 4, fraction, 0));
            assertEquals(ExitCode.USAGE, failure.exitCode());
        }
    }
}
