package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lstmgpu.backend.Cell;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.TextTable;
import lstmgpu.gaps.GapRow;
import lstmgpu.gaps.GapTask;

/** What networks have learnt over gaps, for people and for programs. */
final class MemoryTable {
    private MemoryTable() {}

    /** An object on a line. */
    static String json(GapRow row) {
        ObjectNode object = JsonLines.object()
                .put("task", row.task().word())
                .put("cell", row.cell().word())
                .put("length", row.length())
                .put(row.isAccuracy() ? "accuracy" : "error", row.result())
                .put("chance", row.chance())
                .put("steps", row.steps())
                .put("solved", row.solved())
                .put("time_over", row.timeOver())
                .put("seconds", row.seconds());
        return JsonLines.line(object) + "\n";
    }

    /** As people read it. */
    static String result(GapRow row) {
        return row.isAccuracy()
                ? String.format(Locale.ROOT, "%.1f %%", 100 * row.result())
                : String.format(Locale.ROOT, "%.4f", row.result());
    }

    /** For each task a table with a row for each gap and a column for each cell. */
    static String text(List<GapRow> rows, List<Cell> cells) {
        StringBuilder text = new StringBuilder();
        for (GapTask task : rows.stream().map(GapRow::task).distinct().toList()) {
            List<GapRow> own = rows.stream().filter(row -> row.task() == task).toList();
            GapRow any = own.getFirst();
            List<String> heading = new ArrayList<>(List.of("gap"));
            cells.forEach(cell -> heading.add(cell.word()));
            TextTable table = new TextTable(heading.toArray(String[]::new));
            for (int length : own.stream().map(GapRow::length).distinct().toList()) {
                List<String> line = new ArrayList<>(List.of("%,d".formatted(length)));
                cells.forEach(cell -> line.add(cell(own, length, cell)));
                table.add(line.toArray(String[]::new));
            }
            text.append(text.isEmpty() ? "" : "\n")
                    .append("%s: %s; %s without a memory, * solved, ~ its time was over, - not tried\n"
                            .formatted(
                                    task.word(),
                                    any.isAccuracy() ? "right answers" : "mean squared error",
                                    result(new GapRow(task, any.cell(), any.length(), any.chance(), 0, 0, false))))
                    .append(table.text());
        }
        return text.toString();
    }

    private static String cell(List<GapRow> rows, int length, Cell cell) {
        return rows.stream()
                .filter(row -> row.length() == length && row.cell() == cell)
                .map(row -> result(row) + (row.solved() ? " *" : row.timeOver() ? " ~" : "  "))
                .findFirst()
                .orElse("-  ");
    }
}
