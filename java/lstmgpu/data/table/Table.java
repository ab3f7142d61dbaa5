package lstmgpu.data.table;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.data.input.InputFiles;

/**
 * One or more CSV files (RFC 4180) in UTF-8 with the same columns, whose first line names them. Fields are separated by
 * commas, semicolons or tabs, whichever the first line has most of. Rows are handed on as they are read, so memory does
 * not grow with the files.
 */
public final class Table {
    private static final int MOST_NAMED = 12;

    private final List<Path> files;
    private final List<String> columns;

    /** Null where they are in the files. */
    private final List<Row> rows;

    private Table(List<Path> files, List<String> columns, List<Row> rows) {
        this.files = List.copyOf(files);
        this.columns = columns;
        this.rows = rows;
    }

    /**
     * Rows that are in memory.
     *
     * @param name what they are called in messages, in place of a file
     * @param rows with a cell for each column
     */
    public static Table of(String name, List<String> columns, List<List<String>> rows) {
        Path file = Path.of(name);
        List<Row> numbered = new ArrayList<>();
        for (List<String> cells : rows) {
            if (cells.size() != columns.size()) {
                throw new IllegalArgumentException("%d cells of %d".formatted(cells.size(), columns.size()));
            }
            numbered.add(new Row(file, numbered.size() + 1L, cells));
        }
        return new Table(List.of(file), List.copyOf(columns), numbered);
    }

    /**
     * Reads the files' first lines.
     *
     * @throws LstmGpuException with exit code 3 if a file cannot be read, has no columns, names one twice, or has
     *     others than the first file
     */
    public static Table open(List<Path> files) {
        InputFiles.check(files);
        List<String> columns = columns(files.getFirst());
        for (Path file : files) {
            List<String> own = columns(file);
            if (!own.equals(columns)) {
                throw LstmGpuException.data(
                        "%s, line 1: the columns are %s, where %s has %s; give files with the same columns",
                        file, names(own), files.getFirst(), names(columns));
            }
        }
        return new Table(files, columns, null);
    }

    private static List<String> columns(Path file) {
        List<String> columns;
        try (CsvLines lines = CsvLines.open(file)) {
            if (!lines.hasNext()) {
                throw LstmGpuException.data("%s is empty; a table begins with a line that names its columns", file);
            }
            columns = lines.next().getFields().stream().map(String::strip).toList();
        }
        Set<String> seen = new HashSet<>();
        for (String column : columns) {
            if (!seen.add(column)) {
                throw LstmGpuException.data(
                        "%s, line 1: two columns are called '%s'; give every column a name of its own", file, column);
            }
        }
        return columns;
    }

    /** The names of the columns, in order. */
    public List<String> columns() {
        return columns;
    }

    /** Where they are, as they were given. */
    public List<Path> files() {
        return files;
    }

    public boolean has(String column) {
        return columns.contains(column);
    }

    /**
     * The place of a column.
     *
     * @param flag that names it, for the message
     * @throws LstmGpuException with exit code 3 if there is none of that name
     */
    public int column(String name, String flag) {
        int place = columns.indexOf(name);
        if (place < 0) {
            throw LstmGpuException.data(
                    "%s, line 1: there is no column '%s', which %s names; there are %s",
                    files.getFirst(), name, flag, names(columns));
        }
        return place;
    }

    /**
     * Hands on all rows in order; empty lines are left out.
     *
     * @throws LstmGpuException with exit code 3, naming file and line, if a row has not as many fields as there are
     *     columns, or a file is no CSV or not UTF-8
     */
    public void forEach(Consumer<Row> taker) {
        if (rows != null) {
            rows.forEach(taker);
            return;
        }
        for (Path file : files) {
            try (Rows open = rows(file)) {
                open.forEachRemaining(taker);
            }
        }
    }

    /**
     * The rows of one of the files; what {@link #forEach} throws comes from them too.
     *
     * @throws LstmGpuException with exit code 3 if it cannot be read
     */
    public Rows rows(Path file) {
        CsvLines lines = CsvLines.open(file);
        lines.next();
        return new Rows() {
            @Override
            public boolean hasNext() {
                return lines.hasNext();
            }

            @Override
            public Row next() {
                return row(file, lines.next());
            }

            @Override
            public void close() {
                lines.close();
            }
        };
    }

    private Row row(Path file, CsvRecord line) {
        if (line.getFieldCount() != columns.size()) {
            throw LstmGpuException.data(
                    "%s, line %,d: the row has %s where line 1 names %s; mend the row, and put quotes around fields"
                            + " that hold the separator",
                    file,
                    line.getStartingLineNumber(),
                    Count.of(line.getFieldCount(), "field"),
                    Count.of(columns.size(), "column"));
        }
        return new Row(file, line.getStartingLineNumber(), line.getFields());
    }

    private static String names(List<String> columns) {
        String names = String.join(
                ", ",
                columns.stream()
                        .limit(MOST_NAMED)
                        .map(column -> "'" + column + "'")
                        .toList());
        return columns.size() > MOST_NAMED ? names + ", …" : names;
    }
}
