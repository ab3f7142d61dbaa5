package lstmgpu.data.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<Row> rows(Table table) {
        List<Row> rows = new ArrayList<>();
        table.forEach(rows::add);
        return rows;
    }

    private static List<List<String>> cells(Table table) {
        return rows(table).stream().map(Row::cells).toList();
    }

    @Test
    void readsQuotesLineEndsAndEmptyCells() throws IOException {
        Path file = file("a.csv", "\uFEFF\"when\", \"what, where\"\r\n1,\"two \"\"words\"\"\nand a line\"\r\n\r\n2,");
        Table table = Table.open(List.of(file));
        assertEquals(List.of("when", "what, where"), table.columns());
        assertEquals(1, table.column("what, where", "--target"));
        assertTrue(table.has("when") && !table.has("When"));
        assertEquals(List.of(List.of("1", "two \"words\"\nand a line"), List.of("2", "")), cells(table));
        assertEquals(List.of(2L, 5L), rows(table).stream().map(Row::line).toList());
        assertEquals(file + ", line 2", rows(table).getFirst().place());
    }

    @Test
    void findsTheSeparatorOfTheFirstLine() throws IOException {
        assertEquals(
                List.of(List.of("1,5", "2")),
                cells(Table.open(List.of(file("semicolons.csv", "\"a,b,c\";d\n1,5;2\n")))));
        assertEquals(List.of(List.of("1,5", "2")), cells(Table.open(List.of(file("tabs.tsv", "a\tb\n1,5\t2\n")))));
        assertEquals(List.of(List.of("7")), cells(Table.open(List.of(file("one.csv", "a\n7\n")))));
    }

    @Test
    void filesOfTheSameColumnsAreOneTable() throws IOException {
        Path one = file("one.csv", "a,b\n1,2\n");
        Path two = file("two.csv", "a;b\n3;4\n");
        assertEquals(List.of(List.of("1", "2"), List.of("3", "4")), cells(Table.open(List.of(one, two))));
        refuses(List.of(one, file("other.csv", "a,c\n1,2\n")), "other.csv, line 1", "'a', 'c'", "one.csv");
    }

    @Test
    void namesWhatIsWrongAndWhere() throws IOException {
        refuses(List.of(file("ragged.csv", "a,b\n1,2\n3\n")), "ragged.csv, line 3", "1 field where", "2 columns");
        refuses(List.of(file("long.csv", "a,b\n1,2,3\n")), "long.csv, line 2", "3 fields");
        refuses(List.of(file("twice.csv", "a,b,a\n")), "twice.csv, line 1", "'a'");
        refuses(List.of(file("open.csv", "a,b\n1,\"2\n3,4\n")), "open.csv", "quote");
        refuses(List.of(file("blank.csv", "\n\n")), "blank.csv", "names its columns");
        refuses(List.of(folder.resolve("none.csv")), "none.csv", "does not exist");
        Path latin = Files.write(folder.resolve("latin.csv"), "a\nk\u00e4se\n".getBytes(StandardCharsets.ISO_8859_1));
        refuses(List.of(latin), "latin.csv", "UTF-8");
        Path wide = Files.write(folder.resolve("wide.csv"), "a,b\n1,2\n".getBytes(StandardCharsets.UTF_16));
        refuses(List.of(wide), "wide.csv", "UTF-16");
        Table table = Table.open(List.of(file("good.csv", "a,b\n1,2\n")));
        LstmGpuException missing = assertThrows(LstmGpuException.class, () -> table.column("c", "--target"));
        assertEquals(ExitCode.DATA, missing.exitCode());
        for (String word : List.of("good.csv", "'c'", "--target", "'a', 'b'")) {
            assertTrue(missing.getMessage().contains(word), missing.getMessage());
        }
        assertEquals(
                "%s, line 2: 'x' is 5".formatted(folder.resolve("good.csv")),
                rows(table).getFirst().unfit("'%s' is %d", "x", 5).getMessage());
    }

    private static void refuses(List<Path> files, String... words) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> rows(Table.open(files)));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        for (String word : words) {
            assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
        }
        assertFalse(refusal.getMessage().contains("Exception"), refusal.getMessage());
    }
}
