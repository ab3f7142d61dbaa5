package lstmgpu.backend;

/**
 * A device as a person and a run's record name it.
 *
 * @param backend the name {@code --device} takes: cuda, opencl, cpu or reference
 * @param name of the hardware
 * @param detail one line: cores or multiprocessors, libraries, versions
 * @param memoryBytes the device's memory
 * @param driver what programs it, with its version
 */
public record DeviceInfo(String backend, String name, String detail, long memoryBytes, String driver) {
    /** A device that Java programs without a driver. */
    public DeviceInfo(String backend, String name, String detail, long memoryBytes) {
        this(backend, name, detail, memoryBytes, "Java " + Runtime.version());
    }
}
