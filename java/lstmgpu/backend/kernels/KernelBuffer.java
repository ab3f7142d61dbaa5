package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;

/** Memory of a {@link KernelDevice}, or a stretch of it. */
public interface KernelBuffer extends DeviceBuffer {
    /** The allocation that this is a stretch of; itself if it is whole. */
    KernelBuffer root();

    /** First element, counted from the start of {@link #root}. */
    long offset();

    /** Whether the memory is still there: neither the whole allocation nor the device was closed. */
    boolean isOpen();

    @Override
    KernelBuffer slice(long offset, long length);
}
