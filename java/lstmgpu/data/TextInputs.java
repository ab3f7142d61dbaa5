package lstmgpu.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.data.table.Rows;

/**
 * Files that are read one after the other as one text: as they are or, where a column is named, the documents that
 * stand in that column of CSV or that field of JSON Lines, each of which ends with a line end. Either may be packed.
 * Whoever reads a text opens it here.
 *
 * @param files which {@link lstmgpu.data.input.InputSearch} found
 * @param column that has the documents; null where the files are texts themselves
 */
public record TextInputs(List<Path> files, String column) {
    /** The flag that names the column. */
    public static final String COLUMN_FLAG = "--text-column";

    public TextInputs {
        files = List.copyOf(files);
    }

    /** Files that are texts. */
    public static TextInputs of(List<Path> files) {
        return new TextInputs(files, null);
    }

    /**
     * The text of one of the files from its beginning.
     *
     * @throws IOException if it cannot be read
     * @throws lstmgpu.LstmGpuException with exit code 3, also from reading, if it has no such documents
     */
    public InputStream open(Path file) throws IOException {
        return column == null ? InputFiles.open(file) : new DocumentStream(file, column);
    }

    /**
     * Hands on the documents of one of the files in order, each without the line end behind it; a column has to be
     * named.
     *
     * @throws lstmgpu.LstmGpuException with exit code 3 if it cannot be read or has no such documents
     */
    public void forEachDocument(Path file, Consumer<String> document) {
        try (Rows rows = DocumentStream.rows(file, column)) {
            rows.forEachRemaining(row -> {
                String text = row.cells().getFirst();
                row.requireCharacters(text);
                document.accept(text.replaceFirst("(\r\n|\n|\r)\\z", ""));
            });
        }
    }

    /** Whether the bytes of a file are those of its text. */
    boolean isAsItIs(Path file) {
        return column == null && !InputFiles.isPacked(file);
    }

    /** Their names and sizes, as {@link InputFiles#describe} says them. */
    public String describe() {
        return InputFiles.describe(files);
    }
}
