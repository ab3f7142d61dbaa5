package lstmgpu.backend.kernels;

import lstmgpu.backend.AverageSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/average.cu}. */
final class Average {
    private final KernelDevice device;
    private final WeightCopies weights;

    Average(KernelDevice device, WeightCopies weights) {
        this.device = device;
        this.weights = weights;
    }

    void take(AverageSpec spec, StepClock clock, DeviceBuffer start, DeviceBuffer parameters, DeviceBuffer averaged) {
        KernelBuffer p = KernelArguments.floats(parameters, 0, "parameters");
        KernelBuffer a = KernelArguments.floats(averaged, p.length(), "averaged");
        KernelBuffer began = KernelArguments.ints(start, 1, "start");
        device.call(Kernel.AVERAGE, ElementType.FLOAT32)
                .buffer(p)
                .buffer(a)
                .buffer(weights.ifPresent(a))
                .longInteger(p.length())
                .buffer(Batch.counters(clock))
                .buffer(began)
                .real(spec.decay())
                .real((float) Math.log(spec.decay()))
                .launch(Kernel.AVERAGE.blocksFor(p.length()));
    }
}
