package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/huber_error.cu}. */
final class HuberError {
    private final KernelDevice device;

    HuberError(KernelDevice device) {
        this.device = device;
    }

    void apply(
            DeviceBuffer prediction,
            DeviceBuffer target,
            float delta,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {
        if (!(delta >= 0 && delta < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("delta must be finite and not below 0, not " + delta);
        }
        KernelBuffer x = KernelArguments.floats(prediction, 0, "prediction");
        long length = x.length();
        device.call(Kernel.HUBER_ERROR, ElementType.FLOAT32)
                .buffer(x)
                .buffer(KernelArguments.floats(target, length, "target"))
                .buffer(KernelArguments.floats(losses, length, "losses"))
                .buffer(KernelArguments.floatsOrNull(dPrediction, length, "dPrediction"))
                .longInteger(length)
                .real(delta)
                .real(scale)
                .launch(Kernel.HUBER_ERROR.blocksFor(length));
    }
}
