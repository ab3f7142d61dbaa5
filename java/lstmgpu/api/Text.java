package lstmgpu.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A text, in memory or in files of UTF-8 (of a model of bytes: any files). Never changes. */
public final class Text {
    private final Input input;
    private final String column;

    private Text(Input input, String column) {
        this.input = input;
        this.column = column;
    }

    /**
     * {@return a text in memory}
     *
     * @param text of any length
     */
    public static Text of(String text) {
        return new Text(Input.of("text", Objects.requireNonNull(text, "text")), null);
    }

    /**
     * Files, in this order one text; those that end with .gz or .zst are unpacked. They are read when something is done
     * with it and have to stay as they are meanwhile.
     *
     * @param files each in UTF-8, but of any bytes for a model of bytes
     * @return what stands in them
     * @throws LstmException of kind USAGE if there is none
     */
    public static Text files(List<Path> files) {
        return new Text(Input.ofFiles(files), null);
    }

    /**
     * As {@link #files(List)}.
     *
     * @param files as there
     * @return as there
     * @throws LstmException of kind USAGE if there is none
     */
    public static Text files(Path... files) {
        return files(List.of(files));
    }

    /**
     * {@return the same files as tables of CSV or as JSON Lines, whose texts stand in one column or field}
     *
     * @param name of the column or the field
     */
    public Text column(String name) {
        return new Text(input, Objects.requireNonNull(name, "name"));
    }

    /** Null where the files are texts themselves. */
    String column() {
        return column;
    }

    Input input() {
        return input;
    }
}
