package lstmgpu.data.table;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.InputFiles;
import lstmgpu.data.Utf16;
import lstmgpu.files.IoErrors;

/**
 * One or more CSV files (RFC 4180) in UTF-8 with the same columns, whose first line names them. Fields are separated by
 * commas, semicolons or tabs, whichever the first line has most of. Rows are handed on as they are read, so memory does
 * not grow with the files.
 */
public final class Table {
    private static final List<Character> SEPARATORS = List.of(',', ';', '\t');
    private static final int BYTES_LOOKED_AT = 1 << 16;
    private static final int MOST_NAMED = 12;

    private final List<Path> files;
    private final List<String> columns;

    private Table(List<Path> files, List<String> columns) {
        this.files = List.copyOf(files);
        this.columns = columns;
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
        return new Table(files, columns);
    }

    private static List<String> columns(Path file) {
        List<String> columns = lines(file, lines -> {
            if (!lines.hasNext()) {
                throw LstmGpuException.data("%s is empty; a table begins with a line that names its columns", file);
            }
            return lines.next().getFields().stream().map(String::strip).toList();
        });
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
    public void forEach(Consumer<Row> rows) {
        for (Path file : files) {
            lines(file, lines -> {
                lines.next();
                lines.forEachRemaining(line -> rows.accept(row(file, line)));
                return null;
            });
        }
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

    /** What is done with the lines of a file. */
    @FunctionalInterface
    private interface Use<R> {
        R of(Iterator<CsvRecord> lines);
    }

    private static <R> R lines(Path file, Use<R> use) {
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .fieldSeparator(separator(file))
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .trimWhitespacesAroundQuotes(true)
                .ofCsvRecord(Utf8Text.of(file))) {
            return use.of(reader.iterator());
        } catch (CsvParseException | UncheckedIOException failure) {
            throw unreadable(file, failure);
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    private static LstmGpuException unreadable(Path file, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CharacterCodingException) {
                return new LstmGpuException(
                        ExitCode.DATA,
                        "%s is not valid UTF-8; convert it: iconv -f LATIN1 -t UTF-8".formatted(file),
                        failure);
            }
            if (cause instanceof IOException broken && cause.getCause() == null) {
                return IoErrors.unreadable(file, broken);
            }
        }
        Throwable reason = failure.getCause() == null ? failure : failure.getCause();
        return new LstmGpuException(
                ExitCode.DATA,
                "%s is no table of comma-separated values: %s; mend its quotes"
                        .formatted(file, LstmGpuException.shortened(String.valueOf(reason.getMessage()))),
                failure);
    }

    /** Of the characters outside quotes of the first line. */
    private static char separator(Path file) {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(BYTES_LOOKED_AT);
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
        Utf16.refuse(file.toString(), start, start.length);
        String line =
                new String(start, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        String bare = line.replaceAll("\"[^\"]*\"", "");
        char best = SEPARATORS.getFirst();
        for (char separator : SEPARATORS) {
            if (count(bare, separator) > count(bare, best)) {
                best = separator;
            }
        }
        return best;
    }

    private static long count(String line, char separator) {
        return line.chars().filter(letter -> letter == separator).count();
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
