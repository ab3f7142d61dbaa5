package lstmgpu.task.classify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.data.InputFiles;
import lstmgpu.data.table.JsonRecords;
import lstmgpu.data.table.Row;
import lstmgpu.data.table.Table;
import lstmgpu.data.table.TextLines;

/** Documents from files: JSON Lines where a file begins with a brace, otherwise CSV. */
public final class DocumentFiles {
    private static final String TEXT_FLAG = "--text-column";
    private static final String LABEL_FLAG = "--label-column";

    private final List<Path> files;
    private final DocumentColumns columns;
    private final List<Document> documents = new ArrayList<>();

    private DocumentFiles(List<Path> files, DocumentColumns columns) {
        InputFiles.check(files);
        this.files = files;
        this.columns = columns;
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
        DocumentFiles reading = new DocumentFiles(files, columns);
        for (Path file : files) {
            if (JsonRecords.isIn(file)) {
                JsonRecords.forEach(
                        file,
                        List.of(columns.text(), columns.label()),
                        row -> reading.add(row, row.cells().get(0), row.cells().get(1)));
            } else {
                reading.table(file);
            }
        }
        return reading.documents();
    }

    /**
     * The same without labels. A file that is neither JSON Lines nor has a column of that name, and is not called .csv
     * or .tsv, has a text on every line.
     */
    public static List<Document> texts(List<Path> files, DocumentColumns columns) {
        DocumentFiles reading = new DocumentFiles(files, columns);
        Consumer<Row> only = row -> reading.add(row, row.cells().getFirst(), null);
        for (Path file : files) {
            if (JsonRecords.isIn(file)) {
                JsonRecords.forEach(file, List.of(columns.text()), only);
            } else if (isTable(file) || firstLine(file).contains(columns.text())) {
                Table table = Table.open(List.of(file));
                int text = table.column(columns.text(), TEXT_FLAG);
                table.forEach(row -> reading.add(row, row.cells().get(text), null));
            } else {
                TextLines.forEach(file, (number, line) -> reading.add(new Row(file, number, List.of()), line, null));
            }
        }
        return reading.documents();
    }

    private static boolean isTable(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
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

    private void table(Path file) {
        Table table = Table.open(List.of(file));
        int text = table.column(columns.text(), TEXT_FLAG);
        int label = table.column(columns.label(), LABEL_FLAG);
        table.forEach(row -> add(row, row.cells().get(text), row.cells().get(label)));
    }

    private void add(Row row, String text, String label) {
        if (text.isBlank()) {
            throw row.unfit("the text is empty; leave the line out");
        }
        requireCharacters(row, text);
        if (label != null) {
            if (label.isBlank()) {
                throw row.unfit("the label is empty; name the class of the text, or leave the line out");
            }
            requireCharacters(row, label);
        }
        documents.add(new Document(row, text, label == null ? null : label.strip()));
    }

    /** JSON can spell half of a character, which no file can hold. */
    private static void requireCharacters(Row row, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    throw row.unfit("there is half of a character, \\u%04x; mend the line", (int) text.charAt(i));
                }
                i++;
            }
        }
    }

    private List<Document> documents() {
        if (documents.isEmpty()) {
            throw LstmGpuException.data("%s: there is no text in it", InputFiles.describe(files));
        }
        return documents;
    }
}
