package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;

/** Launches {@code narrow} of {@code kernels/convert.cu}. */
final class Rounding {
    private Rounding() {}

    /** The first {@code length} elements of {@code x}, rounded to the front of {@code rounded}. */
    static void round(KernelDevice device, KernelBuffer x, KernelBuffer rounded, long length) {
        device.call(Kernel.NARROW, ElementType.BFLOAT16)
                .buffer(x)
                .buffer(rounded)
                .longInteger(length)
                .launch(Kernel.NARROW.blocksFor(length));
    }
}
