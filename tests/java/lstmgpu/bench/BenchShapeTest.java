package lstmgpu.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import lstmgpu.backend.Cell;
import org.junit.jupiter.api.Test;

/** What a step needs at least is what any way of computing it needs. */
class BenchShapeTest {
    private static final BenchShape SHAPE = new BenchShape(Cell.LSTM, 2, 8, 5, 10, 6, 4);

    @Test
    void aTableTakesThePlaceOfTheFirstProduct() {
        long rows = 32;
        long recurrent = 2 * rows * 8;
        long firstStates = 2 * 5 * recurrent;
        long stack = 3 * (50 * 3 * recurrent + 50 * 2 * rows * 4) - firstStates;
        assertEquals(stack, SHAPE.leastStackTraining());
        assertEquals(3 * 50 * (3 * recurrent + 2 * 8 * 6) + 3 * 6 * 2 * rows * 4 - firstStates, SHAPE.leastTraining());
        assertEquals(3 * recurrent + 2 * 8 * 6, SHAPE.leastDrawing());
    }

    @Test
    void theLeastIsNoMoreThanWhatIsWrittenDown() {
        for (int vocabulary : new int[] {6, 49, 51, 1000}) {
            BenchShape shape = new BenchShape(Cell.GRU, 1, 8, 5, 10, vocabulary, 4);
            long written = 3 * shape.tokens() * shape.modelOperations();
            assertTrue(shape.leastTraining() <= written, "with %d tokens".formatted(vocabulary));
        }
    }
}
