package lstmgpu.cli;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import lstmgpu.backend.Backend;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.report.Console;

/**
 * A device whose native libraries are loaded on another thread while this one reads a model's files, since both take a
 * while. Closes the device again unless somebody has taken it.
 */
final class OpeningDevice implements AutoCloseable {
    private final Queue<String> notices = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Backend> opening;
    private final Console console;
    private boolean taken;

    OpeningDevice(DeviceFlags device, Console console) {
        this.opening = CompletableFuture.supplyAsync(() -> device.open(notices::add));
        this.console = console;
    }

    /** Waits until it is open. */
    Backend await() {
        try {
            return opening.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (failure.getCause() instanceof Error cause) {
                throw cause;
            }
            throw failure;
        }
    }

    /** Somebody else closes it from here on. */
    void taken() {
        taken = true;
        if (!opening.join().device().backend().equals("cpu")) {
            notices.forEach(console::say); // of the CPU they only say why it is that, which training tells
        }
    }

    @Override
    public void close() {
        if (!taken) {
            var _ = opening.thenAccept(Backend::close);
        }
    }
}
