package lstmgpu.cli.report;

import java.util.ArrayList;
import java.util.List;

/** A table in plain text: the first column to the left, the others to the right, each as wide as it must be. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<String[]> lines = new ArrayList<>();

    public TextTable(String... heading) {
        lines.add(heading);
    }

    /** As many cells as the heading. */
    public void add(String... cells) {
        if (cells.length != lines.getFirst().length) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + lines.getFirst().length);
        }
        lines.add(cells);
    }

    public String text() {
        int[] widths = new int[lines.getFirst().length];
        for (String[] line : lines) {
            for (int i = 0; i < line.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < line.length; i++) {
                String room = " ".repeat(widths[i] - line[i].length());
                row.append(i == 0 ? line[i] + room : GAP + room + line[i]);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
