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
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.input.InputFiles;
import lstmgpu.data.input.Utf16;
import lstmgpu.files.IoErrors;

/**
 * The lines of a CSV file (RFC 4180) in UTF-8. Fields are separated by commas, semicolons or tabs, whichever the first
 * line has most of.
 */
final class CsvLines implements Iterator<CsvRecord>, AutoCloseable {
    private static final List<Character> SEPARATORS = List.of(',', ';', '\t');
    private static final int BYTES_LOOKED_AT = 1 << 16;

    /** Of a field, which is held in memory as a whole. */
    private static final int MOST_CHARACTERS = 16 << 20;

    /** What the reader says of a field that is longer. */
    private static final Pattern TOO_LONG = Pattern.compile("(?s)maximum buffer size.*line (?<line>\\d+)");

    private final Path file;
    private final CsvReader<CsvRecord> reader;
    private final Iterator<CsvRecord> lines;

    private CsvLines(Path file) throws IOException {
        this.file = file;
        this.reader = CsvReader.builder()
                .fieldSeparator(separator(file))
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(MOST_CHARACTERS)
                .trimWhitespacesAroundQuotes(true)
                .ofCsvRecord(Utf8Text.of(file));
        this.lines = reader.iterator();
    }

    /** @throws LstmGpuException with exit code 3 if the file cannot be read */
    static CsvLines open(Path file) {
        try {
            return new CsvLines(file);
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /** @throws LstmGpuException with exit code 3 if the file cannot be read, is no CSV or not UTF-8 */
    @Override
    public boolean hasNext() {
        try {
            return lines.hasNext();
        } catch (CsvParseException | UncheckedIOException failure) {
            throw unreadable(failure);
        }
    }

    /** As {@link #hasNext}. */
    @Override
    public CsvRecord next() {
        try {
            return lines.next();
        } catch (CsvParseException | UncheckedIOException failure) {
            throw unreadable(failure);
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    private LstmGpuException unreadable(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CharacterCodingException) {
                return new LstmGpuException(
                        ExitCode.DATA,
                        "%s is not valid UTF-8; convert it: iconv -f LATIN1 -t UTF-8".formatted(file),
                        failure);
            }
            if (cause instanceof IOException broken && (cause.getCause() == null || InputFiles.isPacked(file))) {
                return IoErrors.unreadable(file, broken);
            }
        }
        Throwable reason = failure.getCause() == null ? failure : failure.getCause();
        Matcher tooLong = TOO_LONG.matcher(String.valueOf(reason.getMessage()));
        if (tooLong.find()) {
            return new LstmGpuException(
                    ExitCode.DATA,
                    "%s, line %s: a field that begins there is longer than %,d characters; close its quotes, or cut it"
                                    .formatted(file, tooLong.group("line"), MOST_CHARACTERS)
                            + " into several",
                    failure);
        }
        return new LstmGpuException(
                ExitCode.DATA,
                "%s is no table of comma-separated values: %s; mend its quotes"
                        .formatted(file, LstmGpuException.shortened(String.valueOf(reason.getMessage()))),
                failure);
    }

    /** Of the characters outside quotes of the first line. */
    private static char separator(Path file) throws IOException {
        byte[] start;
        try (InputStream in = InputFiles.open(file)) {
            start = in.readNBytes(BYTES_LOOKED_AT);
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
}
