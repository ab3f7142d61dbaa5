package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Philox;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/dropout.cu}. */
final class Dropout {
    private static final int ELEMENTS_PER_THREAD = 4;

    private final KernelDevice device;

    Dropout(KernelDevice device) {
        this.device = device;
    }

    void apply(DeviceBuffer x, float p, long seed, int stream, StepClock clock, DeviceBuffer y) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout must lie in [0, 1), not " + p);
        }
        KernelBuffer in = KernelArguments.floats(x, 0, "x");
        KernelBuffer out = KernelArguments.floats(y, in.length(), "y");
        launch(device, in, p, seed, stream, Batch.counters(clock), out);
    }

    /** y = x under a mask; both of one type, y may be x. */
    static void launch(
            KernelDevice device,
            KernelBuffer x,
            float p,
            long seed,
            int stream,
            KernelBuffer counters,
            KernelBuffer y) {
        long quads = (x.length() + ELEMENTS_PER_THREAD - 1) / ELEMENTS_PER_THREAD;
        device.call(Kernel.DROPOUT, x.type())
                .buffer(x)
                .buffer(y)
                .buffer(counters)
                .longInteger(x.length())
                .longInteger(seed)
                .integer(stream)
                .integer(Philox.threshold(p))
                .real((float) (1 / (1 - (double) p)))
                .launch(Kernel.DROPOUT.blocksFor(quads));
    }
}
