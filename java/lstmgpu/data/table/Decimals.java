package lstmgpu.data.table;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import lstmgpu.LstmGpuException;

/**
 * Numbers in the cells of a table.
 *
 * @param comma whether decimals have a comma, and groups of thousands then a point
 */
public record Decimals(boolean comma) {
    private static final Set<String> MISSING = Set.of("", "na", "n/a", "null", "none", "-", "?");
    private static final Pattern GROUPS = Pattern.compile("[-+]?\\d{1,3}(\\.\\d{3})+(,\\d*)?");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

    /** Whether a cell says that there is no value. */
    public static boolean isMissing(String cell) {
        return MISSING.contains(cell.strip().toLowerCase(Locale.ROOT));
    }

    /**
     * The value of a cell; NaN where it says that there is none.
     *
     * @param name of the column, for the message
     * @throws LstmGpuException with exit code 3, naming file, line and column, if it is anything but a finite number
     */
    public double read(Row row, int column, String name) {
        String cell = row.cells().get(column).strip();
        if (isMissing(cell)) {
            return Double.NaN;
        }
        String plain = comma ? withPoint(cell) : cell;
        if (NUMBER.matcher(plain).matches()) {
            double value = Double.parseDouble(plain);
            if (Double.isFinite((float) value)) {
                return value;
            }
        }
        throw row.unfit("'%s' in column '%s' is no finite number; %s", cell, name, remedy(cell));
    }

    private static String withPoint(String cell) {
        String ungrouped = GROUPS.matcher(cell).matches() ? cell.replace(".", "") : cell;
        return ungrouped.replace(',', '.');
    }

    private String remedy(String cell) {
        if (!comma && cell.matches("[-+]?[\\d.]+,\\d+")) {
            return "where decimals have commas, say so with --decimal-comma";
        }
        return cell.matches("(?i)nan|[-+]?inf(inity)?")
                ? "leave the cell empty where a value is missing"
                : "name another column, or leave the cell empty where a value is missing";
    }
}
