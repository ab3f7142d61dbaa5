package lstmgpu.serve;

import java.util.function.Consumer;

/** Looks now and then whether models were replaced on disk. */
final class ModelWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 1000;

    private final Catalogue models;
    private final Consumer<String> say;
    private final Thread thread;

    ModelWatch(Catalogue models, Consumer<String> say) {
        this.models = models;
        this.say = say;
        this.thread = Thread.ofPlatform().daemon().name("model-watch").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(EVERY_MILLIS);
                models.all().forEach(model -> model.look(say));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a version that is being opened is there, since it is closed with the others. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
