package lstmgpu.models;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import lstmgpu.backend.Backend;
import lstmgpu.devices.DeviceChoice;

/**
 * A device whose native libraries are loaded on another thread while this one reads a model's files, since both take a
 * while. Closes the device again unless somebody has taken it.
 */
public final class OpeningDevice implements AutoCloseable {
    private final Queue<String> notices = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Backend> opening;
    private final Consumer<String> notice;
    private boolean taken;

    /** @param notice hears, once somebody has taken the device, why it was chosen */
    public OpeningDevice(DeviceChoice device, Consumer<String> notice) {
        this.opening = CompletableFuture.supplyAsync(() -> device.open(notices::add));
        this.notice = notice;
    }

    /** Waits until it is open. */
    public Backend await() {
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
    public void taken() {
        taken = true;
        if (!opening.join().device().backend().equals("cpu")) {
            notices.forEach(notice); // of the CPU they only say why it is that, which training tells
        }
    }

    @Override
    public void close() {
        if (!taken) {
            var _ = opening.thenAccept(Backend::close);
        }
    }
}
