package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/activation_penalty.cu}. */
final class ActivationPenalty {
    private final KernelDevice device;

    ActivationPenalty(KernelDevice device) {
        this.device = device;
    }

    void apply(DeviceBuffer y, int steps, float alpha, float beta, DeviceBuffer dy) {
        KernelBuffer outputs = KernelArguments.floats(y, 0, "y");
        long width = KernelArguments.width(outputs, steps);
        device.call(Kernel.ACTIVATION_PENALTY, ElementType.FLOAT32)
                .buffer(outputs)
                .buffer(KernelArguments.floats(dy, outputs.length(), "dy"))
                .longInteger(steps)
                .longInteger(width)
                .real(alpha)
                .real(beta)
                .launch(Kernel.ACTIVATION_PENALTY.blocksFor(outputs.length()));
    }
}
