package lstmgpu.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import lstmgpu.data.table.Table;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.JsonBody;
import lstmgpu.task.forecast.Columns;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.Series;
import lstmgpu.task.forecast.SeriesTable;

/**
 * Series as JSON has them: a list of rows, each an object with the columns of the table that a model was trained on.
 */
final class SeriesRows {
    private static final String FIELD = "rows";
    private static final int MOST = 50_000;

    private SeriesRows() {}

    /**
     * @throws ApiError with status 400 if they are no rows with the model's columns
     * @throws lstmgpu.LstmGpuException if a cell is no number or no time, or the times do not rise
     */
    static List<Series> read(JsonNode rows, ForecastModel model) {
        if (!rows.isArray() || rows.isEmpty() || rows.size() > MOST) {
            throw ApiError.invalid(FIELD, "'rows' must be a list of 1 to %,d objects", MOST);
        }
        List<String> columns = List.copyOf(columns(model.columns()));
        List<List<String>> cells = new ArrayList<>();
        for (JsonNode row : rows) {
            if (!row.isObject()) {
                throw ApiError.invalid(
                        FIELD,
                        "'rows' must be a list of objects, not %s (row %,d)",
                        JsonBody.shown(row),
                        cells.size() + 1);
            }
            cells.add(cells(row, columns, cells.size() + 1, model.columns()));
        }
        Table table = Table.of(FIELD, columns, cells);
        List<Series> series = SeriesTable.read(table, model.columns(), model.format(), model.frequency())
                .series();
        series.forEach(own -> own.requireKnown(model.windows().horizon()));
        return series;
    }

    private static Set<String> columns(Columns columns) {
        Set<String> names = new LinkedHashSet<>();
        Consumer<String> add = name -> {
            if (name != null) {
                names.add(name);
            }
        };
        add.accept(columns.series());
        add.accept(columns.time());
        add.accept(columns.target());
        columns.known().forEach(add);
        columns.past().forEach(add);
        return names;
    }

    private static List<String> cells(JsonNode row, List<String> columns, int number, Columns known) {
        List<String> cells = new ArrayList<>();
        for (String column : columns) {
            JsonNode value = row.get(column);
            boolean mayMiss = column.equals(known.target());
            if (value == null && !mayMiss) {
                throw ApiError.invalid(
                        FIELD,
                        "'rows': row %,d has no '%s'; the model reads %s",
                        number,
                        column,
                        String.join(", ", columns));
            }
            if (value == null || value.isNull()) {
                cells.add("");
            } else if (value.isNumber()) {
                String plain = value.asText();
                cells.add(known.decimalComma() ? plain.replace('.', ',') : plain);
            } else {
                cells.add(JsonBody.text(FIELD, value));
            }
        }
        return cells;
    }
}
