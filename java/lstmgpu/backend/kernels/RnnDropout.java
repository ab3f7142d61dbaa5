package lstmgpu.backend.kernels;

import lstmgpu.backend.Philox;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** Dropout between the layers: layer l's mask is stream l of the plan's seed, element i that of the row-major [T,B,H]. */
final class RnnDropout {
    private static final int ELEMENTS_PER_THREAD = 4;

    private final KernelDevice device;
    private final KernelBuffer counters;
    private final long seed;
    private final int threshold;
    private final float scale;

    RnnDropout(KernelDevice device, RnnSpec spec, StepClock clock) {
        boolean drops = spec.training() && spec.dropout() > 0;
        if (drops && clock == null) {
            throw new IllegalArgumentException("dropout needs a clock");
        }
        this.device = device;
        this.counters = drops ? KernelArguments.ints(clock.counters(), StepClock.STEP + 1, "counters") : null;
        this.seed = spec.seed();
        this.threshold = Philox.dropoutThreshold(spec.dropout());
        this.scale = (float) (1 / (1 - (double) spec.dropout()));
    }

    /** y = x under the layer's mask; both of one type, y may be x. */
    void apply(int layer, KernelBuffer x, KernelBuffer y) {
        long quads = (x.length() + ELEMENTS_PER_THREAD - 1) / ELEMENTS_PER_THREAD;
        device.call(Kernel.DROPOUT, x.type())
                .buffer(x)
                .buffer(y)
                .buffer(counters)
                .longInteger(x.length())
                .longInteger(seed)
                .integer(layer)
                .integer(threshold)
                .real(scale)
                .launch(Kernel.DROPOUT.blocksFor(quads));
    }
}
