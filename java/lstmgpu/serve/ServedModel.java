package lstmgpu.serve;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.store.SeenFiles;

/**
 * A model under its name. When its files are replaced, a new version is opened beside the one in use; requests that
 * have begun end on the version with which they began, which is closed when the last of them is over.
 */
final class ServedModel implements AutoCloseable {
    private final String name;
    private final Path path;
    private final Opening opening;
    private final AtomicLong reloads = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private Version current;
    private SeenFiles tried;

    /** Opens a model's files as they are now. */
    @FunctionalInterface
    interface Opening {
        OpenedModel open(Path path);
    }

    /** @throws LstmGpuException if it cannot be opened */
    ServedModel(String name, Path path, Opening opening) {
        this.name = name;
        this.path = path;
        this.opening = opening;
        this.tried = SeenFiles.of(path);
        this.current = new Version(opening.open(path));
    }

    /** An opened state of the files, and how many requests go on with it. */
    private static final class Version {
        private final OpenedModel model;
        private int users;
        private boolean retired;

        Version(OpenedModel model) {
            this.model = model;
        }
    }

    /**
     * A version while one request uses it.
     *
     * @param <M> its kind
     */
    static final class Lease<M extends OpenedModel> implements AutoCloseable {
        private final ServedModel owner;
        private final Version version;
        private final M model;

        private Lease(ServedModel owner, Version version, M model) {
            this.owner = owner;
            this.version = version;
            this.model = model;
        }

        M model() {
            return model;
        }

        /** The name of the model. */
        String name() {
            return owner.name;
        }

        @Override
        public void close() {
            owner.release(version);
        }
    }

    String name() {
        return name;
    }

    Path path() {
        return path;
    }

    /** Versions that have taken the place of another. */
    long reloads() {
        return reloads.get();
    }

    /** New files that could not be opened. */
    long failures() {
        return failures.get();
    }

    /**
     * The version in use.
     *
     * @return null if it is of another kind
     */
    synchronized <M extends OpenedModel> Lease<M> lease(Class<M> kind) {
        if (!kind.isInstance(current.model)) {
            return null;
        }
        current.users++;
        return new Lease<>(this, current, kind.cast(current.model));
    }

    private void release(Version version) {
        boolean last;
        synchronized (this) {
            version.users--;
            last = version.retired && version.users == 0;
        }
        if (last) {
            closeApart(version);
        }
    }

    /** A device is left on a thread of the system's, whoever was the last to use it. */
    private static void closeApart(Version version) {
        Thread.ofPlatform().name("model-close").start(version.model::close);
    }

    /**
     * Opens the files anew if they are others than before. Called by one thread only.
     *
     * @param say hears in a line what was found
     */
    void look(Consumer<String> say) {
        SeenFiles now = SeenFiles.of(path);
        if (now.equals(tried) && !isBroken()) {
            return;
        }
        try {
            OpenedModel opened = opening.open(path);
            if (SeenFiles.of(path).equals(now)) {
                tried = now;
                exchange(new Version(opened));
                reloads.incrementAndGet();
                say.accept("'%s' was read again from disk; new requests are answered by that".formatted(name));
            } else {
                opened.close(); // replaced meanwhile: the next look opens what is there then
            }
        } catch (RuntimeException | OutOfMemoryError unfit) {
            if (SeenFiles.of(path).equals(now)) {
                tried = now;
                failures.incrementAndGet();
                say.accept("'%s' cannot be read again from disk, so the version before goes on: %s"
                        .formatted(name, unfit.getMessage()));
            }
        }
    }

    private synchronized boolean isBroken() {
        return current.model.isBroken();
    }

    private void exchange(Version next) {
        Version old;
        boolean unused;
        synchronized (this) {
            old = current;
            current = next;
            old.retired = true;
            unused = old.users == 0;
        }
        if (unused) {
            closeApart(old);
        }
    }

    @Override
    public void close() {
        Version last;
        synchronized (this) {
            last = current;
            if (last.retired) {
                return;
            }
            last.retired = true;
        }
        last.model.close();
    }
}
