package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;

/**
 * A kernel and the arguments so far, in the order of its parameters. A device has one, used again for every call, so a
 * call leaves no garbage.
 */
public interface KernelCall {
    /** A BUFFER parameter; null for none. */
    KernelCall buffer(DeviceBuffer buffer);

    /** An {@code int} parameter. */
    KernelCall integer(int value);

    /** A {@code long64} parameter. */
    KernelCall longInteger(long value);

    /** A {@code float} parameter. */
    KernelCall real(float value);

    /**
     * Puts the kernel into the queue with a grid of x·y blocks. Where either is 0 nothing is to be done and nothing
     * runs.
     */
    void launch(long x, long y);

    default void launch(long x) {
        launch(x, 1);
    }
}
