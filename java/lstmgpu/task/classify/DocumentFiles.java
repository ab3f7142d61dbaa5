package lstmgpu.task.classify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.data.TextInputs;
import lstmgpu.data.input.InputFiles;
import lstmgpu.data.table.JsonRecords;
import lstmgpu.data.table.Records;
import lstmgpu.data.table.Row;
import lstmgpu.data.table.Rows;
import lstmgpu.data.table.Table;
import lstmgpu.data.table.TextLines;

/** Documents from files: JSON Lines where a file begins with a brace, otherwise CSV. */
public final class DocumentFiles {
    private static final String TEXT_FLAG = TextInputs.COLUMN_FLAG;
    private static final String LABEL_FLAG = "--label-column";

    private final List<Path> files;
    private final List<Document> documents = new ArrayList<>();

    private DocumentFiles(List<Path> files) {
        InputFiles.check(files);
        this.files = files;
    }

    /**
     * Texts with their labels, in order; at least one.
     *
     * @throws LstmGpuException with exit code 2 if both are one column, 3, naming file and line, if a file cannot be
     *     read, lacks a column, or a text or a label is empty or no valid text
     */
    public static List<Document> labelled(List<Path> files, DocumentColumns columns) {
        if (columns.text().equals(columns.label())) {
            throw LstmGpuException.usage(
                    "%s and %s both name the column '%s'; the label stands in another than the text",
                    TEXT_FLAG, LABEL_FLAG, columns.text());
        }
        DocumentFiles reading = new DocumentFiles(files);
        List<Records.Column> wanted =
                List.of(new Records.Column(columns.text(), TEXT_FLAG), new Records.Column(columns.label(), LABEL_FLAG));
        for (Path file : files) {
            try (Rows rows = Records.open(file, wanted)) {
                rows.forEachRemaining(
                        row -> reading.add(row, row.cells().get(0), row.cells().get(1)));
            }
        }
        return reading.documents();
    }

    /**
     * The same without labels. A file that is neither JSON Lines nor has a column of that name, and is not called .csv
     * or .tsv, has a text on every line.
     */
    public static List<Document> texts(List<Path> files, DocumentColumns columns) {
        DocumentFiles reading = new DocumentFiles(files);
        Consumer<Row> only = row -> reading.add(row, row.cells().getFirst(), null);
        for (Path file : files) {
            if (JsonRecords.isIn(file) || isTable(file) || firstLine(file).contains(columns.text())) {
                try (Rows rows = Records.open(file, List.of(new Records.Column(columns.text(), TEXT_FLAG)))) {
                    rows.forEachRemaining(only);
                }
            } else {
                TextLines.forEach(file, (number, line) -> reading.add(new Row(file, number, List.of()), line, null));
            }
        }
        return reading.documents();
    }

    private static boolean isTable(Path file) {
        String name = InputFiles.unpackedName(file).toLowerCase(Locale.ROOT);
        return name.endsWith(".csv") || name.endsWith(".tsv");
    }

    /** The cells of a file's first line as a table has them; none where it is no table. */
    private static List<String> firstLine(Path file) {
        try {
            return Table.open(List.of(file)).columns();
        } catch (LstmGpuException noTable) {
            return List.of();
        }
    }

    private void add(Row row, String text, String label) {
        if (text.isBlank()) {
            throw row.unfit("the text is empty; leave the line out");
        }
        row.requireCharacters(text);
        if (label != null) {
            if (label.isBlank()) {
                throw row.unfit("the label is empty; name the class of the text, or leave the line out");
            }
            row.requireCharacters(label);
        }
        documents.add(new Document(row, text, label == null ? null : label.strip()));
    }

    private List<Document> documents() {
        if (documents.isEmpty()) {
            throw LstmGpuException.data("%s: there is no text in it", InputFiles.describe(files));
        }
        return documents;
    }
}
