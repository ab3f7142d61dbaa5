package lstmgpu.cli.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a stream of this process leads. */
enum Descriptor {
    OUTPUT(1),
    ERROR(2);

    private static final int KIND = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    private final Path path;

    Descriptor(int number) {
        path = Path.of("/dev/fd/" + number);
    }

    /**
     * Whether somebody may be looking at it: anything that is a terminal, and where the system does not tell, what the
     * JVM takes for one.
     * /dev/null and its like count too, since nobody reads there.
     */
    @SuppressWarnings("SystemConsoleNull") // only some Java versions have a console without a terminal
    boolean isTerminal() {
        try {
            return ((int) Files.getAttribute(path, "unix:mode") & KIND) == CHARACTER_DEVICE;
        } catch (IOException | UnsupportedOperationException unknown) {
            java.io.Console console = System.console();
            return console != null && console.isTerminal();
        }
    }
}
