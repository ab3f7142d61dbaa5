package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/squared_error.cu}. */
final class SquaredError {
    private final KernelDevice device;

    SquaredError(KernelDevice device) {
        this.device = device;
    }

    void apply(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {
        KernelBuffer x = KernelArguments.floats(prediction, 0, "prediction");
        long length = x.length();
        device.call(Kernel.SQUARED_ERROR, ElementType.FLOAT32)
                .buffer(x)
                .buffer(KernelArguments.floats(target, length, "target"))
                .buffer(KernelArguments.floats(losses, length, "losses"))
                .buffer(KernelArguments.floatsOrNull(dPrediction, length, "dPrediction"))
                .longInteger(length)
                .real(scale)
                .launch(Kernel.SQUARED_ERROR.blocksFor(length));
    }
}
