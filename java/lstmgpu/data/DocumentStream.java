package lstmgpu.data;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import lstmgpu.data.table.Records;
import lstmgpu.data.table.Row;
import lstmgpu.data.table.Rows;

/**
 * The documents of a file of records as one text in UTF-8. Each gets a line end where it has none, so that none runs
 * into the next; one without anything in it adds nothing. One document is held at a time.
 */
final class DocumentStream extends InputStream {
    private final Rows rows;
    private byte[] document = {};
    private int at;

    /** @param column of the documents */
    DocumentStream(Path file, String column) {
        this.rows = rows(file, column);
    }

    /** A row for every document, with it as the only cell. */
    static Rows rows(Path file, String column) {
        return Records.open(file, List.of(new Records.Column(column, TextInputs.COLUMN_FLAG)));
    }

    @Override
    public int read() {
        return advance() ? Byte.toUnsignedInt(document[at++]) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int count = Math.min(length, document.length - at);
        System.arraycopy(document, at, target, offset, count);
        at += count;
        return count;
    }

    /** Whether there is another byte. */
    private boolean advance() {
        while (at == document.length && rows.hasNext()) {
            Row row = rows.next();
            String text = row.cells().getFirst();
            row.requireCharacters(text);
            boolean ended = text.isEmpty() || text.endsWith("\n") || text.endsWith("\r");
            document = (ended ? text : text + "\n").getBytes(StandardCharsets.UTF_8);
            at = 0;
        }
        return at < document.length;
    }

    @Override
    public void close() {
        rows.close();
    }
}
