package lstmgpu.data.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {
    private static TimeFormat first(String text) {
        return TimeFormat.all().stream()
                .filter(format -> format.reads(text))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "1949-01,1949-01-01T00:00",
        "1981-12-31,1981-12-31T00:00",
        "2026/3/7,2026-03-07T00:00",
        "07.03.2026,2026-03-07T00:00",
        "3/17/2026,2026-03-17T00:00",
        "17/3/2026,2026-03-17T00:00",
        "20260307,2026-03-07T00:00",
        "7 Mar 2026,2026-03-07T00:00",
        "mar 2026,2026-03-01T00:00",
        "2026Q3,2026-07-01T00:00",
        "2026-03-07 18:05,2026-03-07T18:05",
        "2026-03-07T18:05:09,2026-03-07T18:05:09",
        "2026-03-07T18:05:09+02:00,2026-03-07T16:05:09",
        "2026-03-07T18:05:09Z,2026-03-07T18:05:09",
        "2026-03-07T18:05:09.250Z,2026-03-07T18:05:09.250",
        "2026-03-07T18:05:09.250,2026-03-07T18:05:09.250",
        "2026-03-07 8:05,2026-03-07T08:05",
        "3/7/2026 8:05:30,2026-03-07T08:05:30",
        "07.03.2026 18:05,2026-03-07T18:05"
    })
    void readsTheUsualForms(String text, String expected) {
        assertEquals(expected, TimeFormat.date(first(text).parse(text)).toString());
    }

    @ParameterizedTest
    @CsvSource({"1949-01", "1981-12-31", "2026-03-07 18:05", "2026-03-07T18:05:09Z", "2026Q3", "17", "-3"})
    void writesThemAgain(String text) {
        TimeFormat format = first(text);
        assertEquals(text, format.text(format.parse(text)));
        assertEquals(format, TimeFormat.of(format.pattern()));
    }

    @Test
    void nothingElseIsATime() {
        for (String text : List.of("", "soon", "2026-13", "2026-02-30x", "1.5", "12345678901234567890")) {
            assertTrue(TimeFormat.all().stream().noneMatch(format -> format.reads(text)), text);
        }
        assertNull(TimeFormat.of("yyyy"));
    }

    private static Frequency of(String... times) {
        TimeFormat format = first(times[0]);
        return Frequency.of(List.of(times).stream().mapToLong(format::parse).toArray(), format);
    }

    @Test
    void findsTheStep() {
        assertEquals(
                "every month",
                of("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30").toString());
        assertEquals("every quarter", of("2026Q1", "2026Q2", "2026Q4").toString());
        assertEquals("every year", of("2024-05-01", "2025-05-01", "2026-05-01").toString());
        assertEquals("every day", of("2026-03-07", "2026-03-08", "2026-03-11").toString());
        assertEquals(
                "every 2 hours",
                of("2026-03-07 18:00", "2026-03-07 20:00", "2026-03-07 22:00").toString());
        assertEquals("numbered by 5", of("5", "10", "20").toString());
        assertFalse(of("2026-03-07", "2026-03-08", "2026-05-11", "2026-05-12").isRegular());
        assertFalse(of("1", "3", "4", "6").equals(new Frequency(Frequency.Unit.NUMBERS, 2)));
        String[] workdays = {
            "2026-03-02",
            "2026-03-03",
            "2026-03-04",
            "2026-03-05",
            "2026-03-06",
            "2026-03-09",
            "2026-03-10",
            "2026-03-11",
            "2026-03-13",
            "2026-03-16",
            "2026-03-17"
        };
        assertEquals(Frequency.Unit.WORKDAYS, of(workdays).unit());
    }

    @Test
    void stepsLeadWhereTheyAreCounted() {
        TimeFormat days = TimeFormat.of("uuuu-MM-dd");
        for (Frequency frequency : List.of(
                new Frequency(Frequency.Unit.WORKDAYS, 1),
                new Frequency(Frequency.Unit.MONTHS, 1),
                new Frequency(Frequency.Unit.MONTHS, 3),
                new Frequency(Frequency.Unit.MILLISECONDS, 7 * Frequency.DAY))) {
            long start = days.parse("2026-03-31");
            for (int steps = 0; steps < 40; steps++) {
                long later = frequency.plus(start, steps);
                assertEquals(steps, frequency.between(start, later), frequency + " by " + steps);
                assertEquals(start, frequency.plus(later, -steps), frequency + " back by " + steps);
            }
        }
        assertEquals(
                "2026-02-28", days.text(new Frequency(Frequency.Unit.MONTHS, 1).plus(days.parse("2026-01-31"), 1)));
        assertEquals(
                -1,
                new Frequency(Frequency.Unit.MONTHS, 1).between(days.parse("2026-01-05"), days.parse("2026-02-06")));
    }

    @Test
    void knowsTheCalendar() {
        Frequency hours = new Frequency(Frequency.Unit.MILLISECONDS, Frequency.DAY / 24);
        assertEquals(
                List.of(24, 168, 8766),
                List.of(hours.steps(Cycle.DAY), hours.steps(Cycle.WEEK), hours.steps(Cycle.YEAR)));
        assertEquals(12, new Frequency(Frequency.Unit.MONTHS, 1).steps(Cycle.YEAR));
        assertEquals(0, new Frequency(Frequency.Unit.MONTHS, 12).steps(Cycle.YEAR));
        assertEquals(0, new Frequency(Frequency.Unit.NUMBERS, 1).steps(Cycle.YEAR));
        TimeFormat times = TimeFormat.of("uuuu-MM-dd HH:mm");
        assertEquals(0.25, Cycle.DAY.phase(times.parse("2026-03-09 06:00")), 1e-12);
        assertEquals(0, Cycle.WEEK.phase(times.parse("2026-03-09 00:00")), 1e-12);
        assertEquals(0.5, Cycle.YEAR.phase(times.parse("2026-07-02 12:00")), 1e-12);
    }
}
