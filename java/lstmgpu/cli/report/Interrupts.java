package lstmgpu.cli.report;

import java.util.concurrent.atomic.AtomicReference;
import lstmgpu.ExitCode;
import org.jline.utils.Signals;

/** Ctrl-C and SIGTERM: the first asks for a stop in good order, the second ends the process. */
public final class Interrupts implements AutoCloseable {
    private final AtomicReference<ExitCode> received = new AtomicReference<>();
    private final Object interrupt;
    private final Object terminate;
    private final Console console;
    private final String said;
    private final Runnable stop;

    /**
     * @param said to the person when the first comes
     * @param stop asks whatever runs to come to an end; called from another thread
     */
    public Interrupts(Console console, String said, Runnable stop) {
        this.console = console;
        this.said = said;
        this.stop = stop;
        interrupt = console.process() ? Signals.register("INT", () -> received(ExitCode.INTERRUPTED)) : null;
        terminate = console.process() ? Signals.register("TERM", () -> received(ExitCode.TERMINATED)) : null;
    }

    private void received(ExitCode code) {
        if (!received.compareAndSet(null, code)) {
            Runtime.getRuntime().halt(code.code());
        }
        console.say("");
        console.say(said);
        stop.run();
    }

    /** The exit code of a run that a signal ended; otherwise DONE. */
    public ExitCode exitCode() {
        ExitCode code = received.get();
        return code == null ? ExitCode.DONE : code;
    }

    @Override
    public void close() {
        if (interrupt != null) {
            Signals.unregister("INT", interrupt);
        }
        if (terminate != null) {
            Signals.unregister("TERM", terminate);
        }
    }
}
