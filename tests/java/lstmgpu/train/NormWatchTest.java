package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NormWatchTest {
    private static final NormWatch.Norms NOTHING = new NormWatch.Norms(Double.NaN, Double.NaN);

    @Test
    void aRowHasTheMeanAndTheLargestSinceTheOneBefore() {
        NormWatch watch = new NormWatch();
        assertEquals(NOTHING, watch.takeRow());
        watch.accept(1);
        watch.accept(4);
        watch.accept(1);
        assertEquals(new NormWatch.Norms(2, 4), watch.takeRow());
        watch.accept(0);
        assertEquals(new NormWatch.Norms(0, 0), watch.takeRow());
        assertEquals(NOTHING, watch.takeRow());
    }

    @Test
    void aStepThatWasLeftOutShowsInTheLargestAlone() {
        NormWatch watch = new NormWatch();
        watch.accept(Float.NaN);
        assertEquals(new NormWatch.Norms(Double.NaN, Double.POSITIVE_INFINITY), watch.takeRow());
        watch.accept(3);
        watch.accept(Double.POSITIVE_INFINITY);
        NormWatch.State state = watch.state();
        watch.accept(5);
        assertEquals(new NormWatch.Norms(4, Double.POSITIVE_INFINITY), watch.takeRow());
        watch.restore(state);
        assertEquals(new NormWatch.Norms(3, Double.POSITIVE_INFINITY), watch.takeRow());
    }
}
