package lstmgpu.backend.kernels;

import lstmgpu.backend.AdaptationSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/adapt.cu}. */
final class Adaptation {
    private final KernelDevice device;
    private final WeightCopies weights;

    Adaptation(KernelDevice device, WeightCopies weights) {
        this.device = device;
        this.weights = weights;
    }

    void step(
            AdaptationSpec spec,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer trained,
            DeviceBuffer scale) {
        KernelBuffer p = KernelArguments.floats(parameters, 0, "parameters");
        long length = p.length();
        device.call(Kernel.ADAPT, ElementType.FLOAT32)
                .buffer(p)
                .buffer(weights.ifPresent(p))
                .buffer(KernelArguments.floats(gradients, length, "gradients"))
                .buffer(KernelArguments.floats(trained, length, "trained"))
                .buffer(scale == null ? null : KernelArguments.floats(scale, length, "scale"))
                .longInteger(length)
                .real(spec.rate())
                .real(spec.decay())
                .real(spec.epsilon())
                .real(spec.decay() / spec.mean())
                .launch(Kernel.ADAPT.blocksFor(length));
    }
}
