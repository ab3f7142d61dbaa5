package lstmgpu.backend;

/**
 * A device as a person and a run's record name it.
 *
 * @param backend the name {@code --device} takes: cuda, opencl, cpu or reference
 * @param name of the hardware
 * @param detail one line: cores or multiprocessors, libraries, versions
 * @param memoryBytes the device's memory
 */
public record DeviceInfo(String backend, String name, String detail, long memoryBytes) {}
