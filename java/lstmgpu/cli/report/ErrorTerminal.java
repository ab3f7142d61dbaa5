package lstmgpu.cli.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The terminal behind standard error, if there is one: only its kind and its width are used. */
public final class ErrorTerminal implements AutoCloseable {
    private static final int USUAL_WIDTH = 80;

    private final Terminal terminal;

    public ErrorTerminal() {
        try {
            terminal = TerminalBuilder.builder()
                    .system(true)
                    .systemOutput(TerminalBuilder.SystemOutput.ForcedSysErr)
                    .nativeSignals(false)
                    .graphemeCluster(false) // or it would ask what the terminal can do, and nobody reads the answer
                    .dumb(true)
                    .build();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public boolean isTerminal() {
        return !terminal.getType().startsWith(Terminal.TYPE_DUMB);
    }

    /** Columns, as they are now. */
    public int width() {
        int width = isTerminal() ? terminal.getColumns() : 0;
        return width > 0 ? width : USUAL_WIDTH;
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
