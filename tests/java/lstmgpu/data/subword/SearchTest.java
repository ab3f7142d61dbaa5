package lstmgpu.data.subword;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often an expression may look at a text hangs on no clock. */
class SearchTest {
    private static final String RUN = "a".repeat(10_000);

    private static Search search(String expression) {
        Effort effort = new Effort();
        effort.allowText(RUN.length());
        return new Search(Expression.regular(expression), RUN, effort);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(.*a){25}b", "(a*)*\\1b", "(a+)+b\\1"})
    void anExpressionThatGoesOverTheTextAgainAndAgainIsGivenUp(String expression) {
        Effort.Exceeded end =
                assertThrows(Effort.Exceeded.class, () -> search(expression).find());
        assertTrue(end.getMessage().contains("again and again"), end.getMessage());
    }

    @Test
    void manyMatchesOfAnHonestOneAreNot() {
        Search search = search("a|aa");
        int count = 0;
        while (search.find()) {
            assertEquals(count++, search.start());
        }
        assertEquals(RUN.length(), count);
    }
}
