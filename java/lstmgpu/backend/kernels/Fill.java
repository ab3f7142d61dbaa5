package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;

/** Launches {@code kernels/fill.cu}. */
final class Fill {
    private final KernelDevice device;

    Fill(KernelDevice device) {
        this.device = device;
    }

    void with(KernelBuffer target, float value) {
        device.call(Kernel.FILL, ElementType.FLOAT32)
                .buffer(target)
                .longInteger(target.length())
                .real(value)
                .launch(Kernel.FILL.blocksFor(target.length()));
    }
}
