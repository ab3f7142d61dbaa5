package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/weigh.cu}. */
final class Weigh {
    private final KernelDevice device;

    Weigh(KernelDevice device) {
        this.device = device;
    }

    void apply(DeviceBuffer x, DeviceBuffer weights, int width) {
        KernelBuffer w = KernelArguments.floats(weights, 0, "weights");
        long n = Math.multiplyExact(w.length(), (long) width);
        device.call(Kernel.WEIGH, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(x, n, "x"))
                .buffer(w)
                .longInteger(w.length())
                .integer(width)
                .launch(Kernel.WEIGH.blocksFor(n));
    }
}
