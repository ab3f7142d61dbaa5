package lstmgpu.task.classify;

/**
 * Where texts and labels stand.
 *
 * @param text the name of a column of CSV or of a field of JSON Lines
 * @param label as text
 */
public record DocumentColumns(String text, String label) {
    public static final DocumentColumns DEFAULT = new DocumentColumns("text", "label");
}
