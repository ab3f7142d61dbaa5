package lstmgpu.data.table;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;

/**
 * Records of files: JSON Lines where a file begins with a brace, otherwise CSV. Whoever adds a form of records adds it
 * here.
 */
public final class Records {
    private Records() {}

    /**
     * A column that is wanted.
     *
     * @param name of the column, or of the field of JSON Lines
     * @param flag that names it, for messages
     */
    public record Column(String name, String flag) {}

    /**
     * The rows of a file, with a cell for each of these columns in their order.
     *
     * @throws LstmGpuException with exit code 3, also from the rows, naming file and line, if it cannot be read
     *     so or lacks a column
     */
    public static Rows open(Path file, List<Column> columns) {
        if (JsonRecords.isIn(file)) {
            return JsonRecords.open(file, columns.stream().map(Column::name).toList());
        }
        if (JsonRecords.isList(file)) {
            throw LstmGpuException.data(
                    "%s is a list in JSON; write one object a line (jq -c '.[]' does) and give that", file);
        }
        Table table = Table.open(List.of(file));
        int[] places = columns.stream()
                .mapToInt(column -> table.column(column.name(), column.flag()))
                .toArray();
        return new Chosen(table.rows(file), places);
    }

    /** Some cells of every row. */
    private record Chosen(Rows rows, int... places) implements Rows {
        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Row next() {
            Row row = rows.next();
            return new Row(
                    row.file(),
                    row.line(),
                    IntStream.of(places).mapToObj(row.cells()::get).toList());
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
