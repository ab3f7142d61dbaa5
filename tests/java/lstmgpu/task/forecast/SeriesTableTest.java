package lstmgpu.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Frequency;
import lstmgpu.data.table.Table;
import lstmgpu.data.table.TimeFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeriesTableTest {
    static final Columns NOTHING_ASKED = new Columns(null, null, null, List.of(), List.of(), false);

    @TempDir
    private Path folder;

    private SeriesTable read(String text, Columns columns) throws IOException {
        Table table = Table.open(List.of(Files.writeString(folder.resolve("data.csv"), text)));
        return SeriesTable.read(table, columns.in(table), null, null);
    }

    private SeriesTable read(String text) throws IOException {
        return read(text, NOTHING_ASKED);
    }

    @Test
    void theLongFormNeedsNoFlag() throws IOException {
        SeriesTable table = read("ds,unique_id,y\n2026-01,b,1\n2026-01,a,4\n2026-02,b,2\n2026-02,a,5\n2026-03,b,3\n");
        assertEquals(
                List.of("b", "a"), table.series().stream().map(Series::name).toList());
        assertArrayEquals(new double[] {1, 2, 3}, table.series().getFirst().values());
        assertTrue(table.summary().contains("2 series of 'y', 5 steps, regular (every month)"), table.summary());
    }

    @Test
    void stepsWithoutARowAreMissingAndNotZero() throws IOException {
        SeriesTable table = read("day,v\n2026-01-01,1\n2026-01-02,\n2026-01-04,4\n2026-01-05,NA\n");
        Series series = table.series().getFirst();
        assertEquals(4, series.length());
        assertArrayEquals(new double[] {1, Double.NaN, Double.NaN, 4, Double.NaN}, series.values());
        assertEquals(1, table.filled());
        assertTrue(table.summary().contains("2 values are missing"), table.summary());
    }

    @Test
    void oneMissingValueIsSaidAsOne() throws IOException {
        assertTrue(read("t,v\n1,1\n2,\n3,4\n").summary().contains("1 value is missing"));
    }

    @Test
    void irregularTimesAreSaidAndCountAsRows() throws IOException {
        SeriesTable table = read("day,v\n2026-01-01,1\n2026-01-02,2\n2026-05-04,4\n2027-01-05,5\n");
        assertTrue(table.summary().contains("irregular"), table.summary());
        assertEquals(4, table.series().getFirst().length());
    }

    @Test
    void decimalsMayHaveCommas() throws IOException {
        String text = "t;v\n1;1,5\n2;1.234,25\n";
        Columns commas = new Columns(null, null, null, List.of(), List.of(), true);
        assertArrayEquals(
                new double[] {1.5, 1234.25},
                read(text, commas).series().getFirst().values());
        refuses(text, NOTHING_ASKED, "line 2", "'1,5'", "--decimal-comma");
    }

    @Test
    void ambiguousDatesAreThoseThatRise() throws IOException {
        SeriesTable table = read("t,v\n01/02/2026,1\n01/03/2026,2\n01/04/2026,3\n");
        assertEquals("M/d/uuuu", table.format().pattern());
        table = read("t,v\n11/01/2026,1\n01/02/2026,2\n02/02/2026,3\n");
        assertEquals("d/M/uuuu", table.format().pattern());
    }

    @Test
    void monthsAreMeantWhereDaysWouldBeIrregular() throws IOException {
        StringBuilder text = new StringBuilder("t,v\n");
        for (int month = 0; month < 30; month++) {
            text.append("01/%02d/%d,%d\n".formatted(1 + month % 12, 2000 + month / 12, month));
        }
        SeriesTable table = read(text.toString());
        assertEquals("d/M/uuuu", table.format().pattern());
        assertTrue(table.summary().contains("every month"), table.summary());
    }

    @Test
    void timesAreReadAsThoseThatAModelWasTrainedOn() throws IOException {
        Table table = Table.open(List.of(
                Files.writeString(folder.resolve("new.csv"), "t,v\n01/03/2026,1\n02/03/2026,2\n03/03/2026,3\n")));
        Columns columns = NOTHING_ASKED.in(table);
        Frequency days = new Frequency(Frequency.Unit.MILLISECONDS, Frequency.DAY);
        SeriesTable read = SeriesTable.read(table, columns, TimeFormat.of("d/M/uuuu"), days);
        assertEquals(
                "2026-03-03",
                TimeFormat.date(read.series().getFirst().times()[2])
                        .toLocalDate()
                        .toString());
        LstmGpuException refusal = assertThrows(
                LstmGpuException.class, () -> SeriesTable.read(table, columns, TimeFormat.of("uuuu-MM-dd"), days));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("new.csv, line 2: '01/03/2026'"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("uuuu-MM-dd"), refusal.getMessage());
    }

    @Test
    void covariatesAreReadAndWhatIsKnownGoesOn() throws IOException {
        Columns columns = new Columns("t", "v", null, List.of("k"), List.of("p"), false);
        Series series = read("t,v,k,p\n1,5,1,\n2,6,2,7\n3,7,3,\n4,,4,\n", columns)
                .series()
                .getFirst();
        assertEquals(3, series.length());
        assertArrayEquals(new double[] {1, 2, 3, 4}, series.known()[0]);
        assertArrayEquals(new double[] {0, 7, 7, 7}, series.past()[0]);
        series.requireKnown(1);
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> series.requireKnown(2));
        assertTrue(refusal.getMessage().contains("empty target"), refusal.getMessage());
        refuses("t,v,k,p\n1,5,1,1\n2,6,,1\n", columns, "line 3", "'k'", "--known");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,2 / 1,3 | line 3 | that of line 2",
                "2,2 / 1,3 | line 3 | sort the rows",
                "1,2 / 2,x | line 3 | 'x' in column 'v'",
                "1,2 / 2,NaN | line 3 | leave the cell empty",
                "1,2 / 2,inf | line 3 | leave the cell empty",
                "1,2 / 2,-Infinity | line 3 | leave the cell empty",
                "1,2 / 2,1e400 | line 3 | no finite number",
                "1,2 / 2 | line 3 | 1 field",
                "1,2 / soon,3 | line 3 | 'soon' in column 't'",
                "1, / 2, | line 2 | no value in column 'v'",
            })
    void namesWhatIsWrongAndWhere(String rows, String place, String word) throws IOException {
        refuses("t,v\n" + rows.replace(" / ", "\n") + "\n", NOTHING_ASKED, "data.csv, " + place, word);
    }

    @Test
    void namesTheFileOfEveryRow() throws IOException {
        Path first = Files.writeString(folder.resolve("first.csv"), "t,v\n1,2\n2,3\n");
        for (String row : List.of("2,5", "1,5", "soon,5")) {
            Path second = Files.writeString(folder.resolve("second.csv"), "t,v\n" + row + "\n");
            Table table = Table.open(List.of(first, second));
            LstmGpuException refusal = assertThrows(
                    LstmGpuException.class, () -> SeriesTable.read(table, NOTHING_ASKED.in(table), null, null));
            assertTrue(refusal.getMessage().contains("second.csv, line 2: "), refusal.getMessage());
            boolean compared = refusal.getMessage().contains("first.csv, line 3");
            assertEquals(!row.startsWith("soon"), compared, refusal.getMessage());
        }
    }

    @Test
    void namesColumnsThatAreNotThere() throws IOException {
        Columns other = new Columns("t", "sold", null, List.of(), List.of(), false);
        refuses("t,v\n1,2\n", other, "line 1", "'sold'", "--target", "'t', 'v'");
        refuses("t,v\n", NOTHING_ASKED, "no rows");
        refuses("t,v\nsoon,1\n", NOTHING_ASKED, "line 2", "a whole number");
        LstmGpuException unclear = assertThrows(LstmGpuException.class, () -> read("a,b,c\n1,2,3\n"));
        assertEquals(ExitCode.USAGE, unclear.exitCode());
        assertTrue(unclear.getMessage().contains("--target"), unclear.getMessage());
    }

    private void refuses(String text, Columns columns, String... words) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> read(text, columns));
        assertEquals(ExitCode.DATA, refusal.exitCode(), refusal.getMessage());
        for (String word : words) {
            assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
        }
    }
}
