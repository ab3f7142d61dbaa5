package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which cases {@code tests/fast WORD} takes. */
class CaseWordsTest {
    private static final String STACK =
            new RnnCase(new RnnShape(Cell.GRU, 1, 7, 33), 7, 7, 0.3f, true, 0, 1).toString();
    private static final String LOSS = new LossCases.SquaredError(7, LossCases.Gradient.NONE, 1).toString();

    @Test
    void everyWordHasToBeInTheCaseOrItsBackend() {
        assertTrue(CaseWords.of("").meet("CUDA", STACK));
        assertTrue(CaseWords.of("gru").meet("CUDA", STACK));
        assertTrue(CaseWords.of("GRU cuda").meet("CUDA", STACK));
        assertFalse(CaseWords.of("gru cpu").meet("CUDA", STACK));
        assertTrue(CaseWords.of("cpu squared_error").meet("CPU_ONE_THREAD", LOSS));
        assertFalse(CaseWords.of("lstm").meet("CPU_ONE_THREAD", STACK));
    }

    /** Every recurrent stack has a dropout; who asks for dropout means the operation. */
    @Test
    void namesOfComponentsDoNotCount() {
        assertTrue(STACK.contains("dropout="), STACK);
        assertFalse(CaseWords.of("dropout").meet("CUDA", STACK));
        boolean found = LayerCases.all(new TestData(1)).stream()
                .map(ConformanceCase::toString)
                .anyMatch(text -> CaseWords.of("dropout").meet("CUDA", text));
        assertTrue(found, () -> "no case of dropout among " + List.of(STACK, LOSS));
    }
}
