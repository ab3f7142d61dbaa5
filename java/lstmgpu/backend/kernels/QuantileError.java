package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/quantile_error.cu}. */
final class QuantileError {
    private final KernelDevice device;

    QuantileError(KernelDevice device) {
        this.device = device;
    }

    void apply(
            DeviceBuffer prediction,
            DeviceBuffer target,
            DeviceBuffer quantiles,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {
        KernelBuffer t = KernelArguments.floats(target, 0, "target");
        KernelBuffer levels = KernelArguments.floats(quantiles, 1, "quantiles");
        long length = Math.multiplyExact(t.length(), levels.length());
        device.call(Kernel.QUANTILE_ERROR, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(prediction, length, "prediction"))
                .buffer(t)
                .buffer(levels)
                .buffer(KernelArguments.floats(losses, length, "losses"))
                .buffer(KernelArguments.floatsOrNull(dPrediction, length, "dPrediction"))
                .longInteger(t.length())
                .integer(Math.toIntExact(levels.length()))
                .real(scale)
                .launch(Kernel.QUANTILE_ERROR.blocksFor(length));
    }
}
