package lstmgpu.data.table;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.LstmGpuException;

/**
 * A row of a {@link Table}.
 *
 * @param file it stands in
 * @param line where it begins, from 1
 * @param cells one for each column, without their quotes
 */
public record Row(Path file, long line, List<String> cells) {
    /** "file.csv, line 12". */
    public String place() {
        return "%s, line %,d".formatted(file, line);
    }

    /** "line 12" beside a row of the same file, otherwise the whole place. */
    public String beside(Row other) {
        return file.equals(other.file()) ? "line %,d".formatted(line) : place();
    }

    /** Exit code 3, beginning with the place. */
    public LstmGpuException unfit(String format, Object... arguments) {
        return LstmGpuException.data("%s: %s", place(), format.formatted(arguments));
    }

    /**
     * Refuses a text with half of a character in it, which JSON can spell and no file can hold.
     *
     * @throws LstmGpuException with exit code 3
     */
    public void requireCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.charCount(text.codePointAt(i)) == 1) {
                    throw unfit("there is half of a character, \\u%04x; mend the line", (int) text.charAt(i));
                }
                i++;
            }
        }
    }
}
