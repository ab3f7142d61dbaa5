package lstmgpu.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A text, in memory or in files of UTF-8 (of a model of bytes: any files). Never changes. */
public final class Text {
    private final Input input;

    private Text(Input input) {
        this.input = input;
    }

    /** A text in memory. */
    public static Text of(String text) {
        return new Text(Input.of("text", Objects.requireNonNull(text, "text")));
    }

    /**
     * Files, in this order one text. They are read when something is done with it and have to stay as they are
     * meanwhile.
     *
     * @throws LstmException of kind USAGE if there is none
     */
    public static Text files(List<Path> files) {
        return new Text(Input.ofFiles(files));
    }

    /** As {@link #files(List)}. */
    public static Text files(Path... files) {
        return files(List.of(files));
    }

    Input input() {
        return input;
    }
}
