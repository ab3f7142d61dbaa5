package lstmgpu.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;

class SpaceTest {
    private static final int MANY = 600;

    private static Dimension range(String text, Dimension.Scale scale) {
        return Dimension.range("--flag", text, scale, null);
    }

    private static double shareBelow(Dimension dimension, double limit) {
        Space space = new Space(Map.of("--flag", dimension));
        List<Map<String, String>> draws = space.first(7, MANY);
        return draws.stream()
                        .mapToDouble(draw -> Double.parseDouble(draw.get("--flag")))
                        .filter(value -> value < limit)
                        .count()
                / (double) draws.size();
    }

    @Test
    void wideRangesAndRatesAreDrawnByFactorsAndOthersEvenly() {
        assertEquals(0.5, shareBelow(range("1e-5..1e-1", Dimension.Scale.REAL), 1e-3), 0.06);
        assertEquals(0.5, shareBelow(range("0..0.9", Dimension.Scale.REAL), 0.45), 0.06);
        Dimension narrow = range("0.002..0.008", Dimension.Scale.RATE);
        assertEquals(new Dimension.Reals(0.002, 0.008, true), narrow, "a rate, however narrow");
        assertEquals(new Dimension.Whole(64, 512, false), range("64..512", Dimension.Scale.WHOLE));
        assertEquals(new Dimension.Whole(8, 80, true), range("8..80", Dimension.Scale.WHOLE));
    }

    @Test
    void everyWholeNumberOfARangeComesAndNoOther() {
        for (Dimension dimension : List.of(new Dimension.Whole(3, 6, false), new Dimension.Whole(1, 12, true))) {
            Set<String> values = new HashSet<>();
            for (int i = 0; i < 1000; i++) {
                values.add(dimension.at(i / 1000.0));
            }
            assertEquals(dimension.size(), values.size(), values.toString());
        }
        assertEquals("3", new Dimension.Whole(3, 6, false).at(0.2499));
        assertEquals("4", new Dimension.Whole(3, 6, false).at(0.25));
        assertEquals("6", new Dimension.Whole(3, 6, false).at(Math.nextDown(1.0)));
    }

    @Test
    void realNumbersHaveThreeDigitsAndStayInside() {
        assertEquals("0.00316", range("1e-3..1e-2", Dimension.Scale.RATE).at(0.5));
        assertEquals("0.001", range("1e-3..1e-2", Dimension.Scale.RATE).at(0));
        assertEquals("0.1234", range("0.1234..0.9", Dimension.Scale.REAL).at(0), "rounding does not leave the range");
        assertEquals("0", range("0..0.5", Dimension.Scale.REAL).at(0));
        assertEquals("1E-12", range("1e-12..1", Dimension.Scale.REAL).at(0));
    }

    @Test
    void theSameSeedDrawsTheSameAndMoreDrawsBeginWithThem() {
        Map<String, Dimension> dimensions = new LinkedHashMap<>();
        for (String name : List.of("--a", "--b", "--c", "--d", "--e")) {
            dimensions.put(name, range("0..1", Dimension.Scale.REAL));
        }
        Space space = new Space(dimensions);
        assertEquals(space.first(3, 5), space.first(3, 9).subList(0, 5));
        assertNotEquals(space.first(3, 5), space.first(4, 5));
        Map<String, String> first = space.first(3, 1).getFirst();
        assertEquals(5, new HashSet<>(first.values()).size(), "each setting has a number of its own: " + first);
    }

    @Test
    void nothingIsDrawnTwiceAndFewSettingsAreAllFound() {
        Space space = new Space(
                Map.of("--a", new Dimension.Listed(List.of("x", "y", "z")), "--b", new Dimension.Whole(1, 4, false)));
        assertEquals(12, space.size());
        List<Map<String, String>> all = space.first(0, 50);
        assertEquals(12, all.size());
        assertEquals(12, new HashSet<>(all).size());
        assertEquals(
                Long.MAX_VALUE,
                new Space(Map.of(
                                "--a",
                                range("1..2", Dimension.Scale.REAL),
                                "--b",
                                range("1..2", Dimension.Scale.WHOLE)))
                        .size());
    }

    @Test
    void whatIsNoRangeIsRefused() {
        for (String wrong : List.of("2..1", "1..1", "1..x", "1..2..3", "..2", "1e-3..1e999", "nan..1")) {
            LstmGpuException refused =
                    assertThrows(LstmGpuException.class, () -> range(wrong, Dimension.Scale.REAL), wrong);
            assertEquals(ExitCode.USAGE, refused.exitCode());
            assertTrue(refused.getMessage().startsWith("--flag " + wrong), refused.getMessage());
        }
        assertThrows(LstmGpuException.class, () -> range("0..1", Dimension.Scale.RATE));
        assertThrows(LstmGpuException.class, () -> range("1.5..3", Dimension.Scale.WHOLE));
        assertThrows(LstmGpuException.class, () -> range("1..3000000000", Dimension.Scale.WHOLE));
    }
}
