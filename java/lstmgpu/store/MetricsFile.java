package lstmgpu.store;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;

/** {@code metrics.csv}: a row whenever something was measured, in the order of the steps. */
public final class MetricsFile {
    /** Two million rows. */
    private static final long BYTES_AT_MOST = 256L << 20;

    private static final List<String> COLUMNS = List.of(
            "step",
            "epoch",
            "tokens",
            "train_loss",
            "validation_loss",
            "learning_rate",
            "gradient_norm",
            "gradient_norm_max",
            "tokens_per_second",
            "seconds");

    private final Path file;
    private final List<Row> rows;
    private final boolean writes;

    /**
     * What was measured; NaN where something was not, which is an empty field.
     *
     * @param step optimiser steps done
     * @param epoch the epoch with its fraction
     * @param tokens what was predicted so far, such as tokens; the column has this name for every task
     * @param trainLoss in the task's unit, mean since the last row
     * @param validationLoss in the same unit
     * @param gradientNorm before clipping, mean over the steps since the last row whose gradients were finite
     * @param largestGradientNorm of these steps; infinite where a step's gradients were not finite
     * @param tokensPerSecond as tokens, a second
     * @param seconds of training so far, earlier runs included
     */
    public record Row(
            long step,
            double epoch,
            long tokens,
            double trainLoss,
            double validationLoss,
            double learningRate,
            double gradientNorm,
            double largestGradientNorm,
            double tokensPerSecond,
            double seconds) {}

    private MetricsFile(Path file, List<Row> rows, boolean writes) {
        this.file = file;
        this.rows = rows;
        this.writes = writes;
    }

    /**
     * The file with the rows it has; it need not exist.
     * @throws LstmGpuException with exit code 3 if it cannot be read
     */
    static MetricsFile open(Path file) {
        List<Row> rows = new ArrayList<>();
        if (!RegularFile.exists(file)) {
            return new MetricsFile(file, rows, true);
        }
        try (InputStream in = RegularFile.stream(file, BYTES_AT_MOST)) {
            byte[] bytes = in.readAllBytes();
            checkWhole(file, bytes);
            try (CsvReader<NamedCsvRecord> reader =
                    CsvReader.builder().ofNamedCsvRecord(new ByteArrayInputStream(bytes))) {
                for (NamedCsvRecord line : reader) {
                    rows.add(parse(file, line));
                }
            }
            return new MetricsFile(file, rows, true);
        } catch (CsvParseException foreign) {
            throw new LstmGpuException(
                    ExitCode.DATA, "%s is damaged: it is no table; move it away".formatted(file), foreign);
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /** A file that was cut off within its header or its last number has no row that would show it. */
    private static void checkWhole(Path file, byte[] bytes) {
        if (bytes.length == 0 || bytes[bytes.length - 1] != '\n') {
            throw LstmGpuException.data(
                    "%s is damaged: its last line has no end, so it was cut off; move it away", file);
        }
    }

    /** The same rows, for a process that only follows: those that are added do not get into the file. */
    MetricsFile unwritten() {
        return new MetricsFile(file, rows, false);
    }

    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Adds a row; the file is replaced as a whole. */
    public void append(Row row) {
        rows.add(row);
        save();
    }

    /** Forgets all but the first rows, so that a run that goes on from there does not tell the others twice. */
    public void keepFirst(int count) {
        if (count < rows.size()) {
            rows.subList(count, rows.size()).clear();
            save();
        }
    }

    private void save() {
        if (!writes) {
            return;
        }
        AtomicFiles.write(file, out -> {
            Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text);
            csv.writeRecord(COLUMNS);
            rows.forEach(row -> csv.writeRecord(format(row)));
            csv.flush();
            text.flush();
        });
    }

    private static List<String> format(Row row) {
        return List.of(
                Long.toString(row.step),
                format(row.epoch),
                Long.toString(row.tokens),
                format(row.trainLoss),
                format(row.validationLoss),
                format(row.learningRate),
                format(row.gradientNorm),
                format(row.largestGradientNorm),
                format(row.tokensPerSecond),
                format(row.seconds));
    }

    private static String format(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    private static Row parse(Path file, NamedCsvRecord line) {
        try {
            return new Row(
                    Long.parseLong(line.getField("step")),
                    number(line, "epoch"),
                    Long.parseLong(line.getField("tokens")),
                    number(line, "train_loss"),
                    number(line, "validation_loss"),
                    number(line, "learning_rate"),
                    number(line, "gradient_norm"),
                    // Files of earlier builds lack this column.
                    line.findField("gradient_norm_max").map(MetricsFile::number).orElse(Double.NaN),
                    number(line, "tokens_per_second"),
                    number(line, "seconds"));
        } catch (NumberFormatException | NoSuchElementException failure) {
            throw LstmGpuException.data(
                    "%s is damaged in line %d, which is no row of numbers; move it away",
                    file, line.getStartingLineNumber());
        }
    }

    private static double number(NamedCsvRecord line, String column) {
        return number(line.getField(column));
    }

    private static double number(String field) {
        return field.isEmpty() ? Double.NaN : Double.parseDouble(field);
    }
}
