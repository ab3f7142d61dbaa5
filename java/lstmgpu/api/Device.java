package lstmgpu.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.devices.DeviceChoice;

/**
 * What computes: an NVIDIA GPU, an OpenCL device or the CPU.
 *
 * <p>Any thread may use it and the models on it, one at a time: the others wait. It has to be closed; that closes the
 * models on it too.
 */
public final class Device implements AutoCloseable {
    private static final String CUDA = "cuda";

    private final Backend backend;
    private final List<String> notices;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final List<Model> models = new ArrayList<>();
    private boolean closed;

    private Device(Backend backend, List<String> notices) {
        this.backend = backend;
        this.notices = List.copyOf(notices);
    }

    /**
     * Opens a device; on the CPU it uses every core.
     *
     * @param name auto, cuda, cuda:1, opencl, opencl:1, cpu or reference. auto takes the first of CUDA, OpenCL on a GPU
     *     and the CPU that is there, and {@link #notices} say why; a device named otherwise is used or refused
     * @return the device, to be closed
     * @throws LstmException of kind USAGE for another name, DEVICE if there is no such device or its Java packages are
     *     not on the class path
     */
    public static Device open(String name) {
        return open(name, 0);
    }

    /**
     * Opens a device.
     *
     * @param name as {@link #open(String)} takes it
     * @param threads that the CPU uses, up to 4096; 0 means one a core. The same numbers come out bit for bit only with
     *     the same number of threads
     * @return the device, to be closed
     * @throws LstmException as {@link #open(String)}, and of kind USAGE for a number of threads out of range
     */
    public static Device open(String name, int threads) {
        Objects.requireNonNull(name, "name");
        List<String> notices = new ArrayList<>();
        Backend backend = LstmException.told(() -> new DeviceChoice(name, threads).open(notices::add));
        return new Device(backend, notices);
    }

    /** {@return the kind of device, with the name that {@link #open(String)} takes: cuda, opencl, cpu or reference} */
    public String kind() {
        return backend.device().backend();
    }

    /** {@return what the maker calls it} */
    public String name() {
        return backend.device().name();
    }

    /** {@return what it computes with, on a line: cores, libraries, versions} */
    public String detail() {
        return backend.device().detail();
    }

    /** {@return bytes of memory that it has} */
    public long memoryBytes() {
        return backend.device().memoryBytes();
    }

    /**
     * {@return why it was chosen and what makes it slower than it could be, a sentence each; empty where that needs no
     * telling}
     */
    public List<String> notices() {
        return notices;
    }

    /** {@return whether {@link #close} was called} */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Work of one thread at a time, whose failures are told in the words of this package. */
    <R> R use(Supplier<R> work) {
        if (kind().equals(CUDA) && Thread.currentThread().isVirtual()) {
            // What is current in the driver belongs to the thread of the system, from which a virtual one may move.
            throw LstmException.usage("a virtual thread cannot use a device of CUDA; call from a platform thread");
        }
        lock.lock();
        try {
            requireOpen();
            return LstmException.told(work);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the device is closed");
        }
    }

    Backend backend() {
        return backend;
    }

    /** Called in {@link #use}. */
    void add(Model model) {
        models.add(model);
    }

    /** Lets a model go, once. */
    void remove(Model model, Runnable release) {
        lock.lock();
        try {
            if (models.remove(model)) {
                release.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the call in progress, closes the models on the device and gives back all its memory. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                List.copyOf(models).forEach(Model::close);
                closed = true;
                backend.close();
            }
        } catch (LstmGpuException failure) {
            throw LstmException.of(failure);
        } finally {
            lock.unlock();
        }
    }
}
