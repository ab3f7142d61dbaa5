package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopFilterTest {
    @Test
    void holdsBackWhatMayBecomeAStopString() {
        StopFilter filter = new StopFilter(List.of("END"));
        assertEquals("a ", filter.append("a E"));
        assertEquals("", filter.append("N"));
        assertEquals("ENT ", filter.append("T "));
        assertEquals("", filter.append("E"));
        assertEquals("", filter.append("N"));
        assertFalse(filter.stopped());
        assertEquals("", filter.append("D and more"));
        assertTrue(filter.stopped());
        assertEquals("", filter.finish());
    }

    @Test
    void theEarliestOfSeveralEnds() {
        StopFilter filter = new StopFilter(List.of("xyz", "ab"));
        assertEquals("1", filter.append("1ab xyz"));
        assertTrue(filter.stopped());
    }

    @Test
    void aBeginningInsideABeginningIsFound() {
        StopFilter filter = new StopFilter(List.of("aab"));
        assertEquals("", filter.append("a"));
        assertEquals("", filter.append("a"));
        assertEquals("a", filter.append("a"));
        assertEquals("", filter.append("b"));
        assertTrue(filter.stopped());
    }

    @Test
    void whatIsHeldComesAtTheEnd() {
        StopFilter filter = new StopFilter(List.of("END"));
        assertEquals("", filter.append("EN"));
        assertEquals("EN", filter.finish());
        assertFalse(filter.stopped());
        assertEquals("all", new StopFilter(List.of()).append("all"));
    }
}
