package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.Philox;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/dropout.cu}. */
final class Dropout {
    private static final int ELEMENTS_PER_THREAD = 4;

    private final KernelDevice device;

    Dropout(KernelDevice device) {
        this.device = device;
    }

    /** @return y */
    KernelBuffer apply(DeviceBuffer x, DropoutSpec mask, StepClock clock, DeviceBuffer y) {
        KernelBuffer in = KernelArguments.floats(x, 0, "x");
        KernelBuffer out = KernelArguments.floats(y, in.length(), "y");
        launch(device, in, mask, Batch.counters(clock), out);
        return out;
    }

    /** y = x under a mask; both of one type, y may be x. */
    static void launch(KernelDevice device, KernelBuffer x, DropoutSpec mask, KernelBuffer counters, KernelBuffer y) {
        mask.check(x.length());
        long slab = mask.isWhole() ? x.length() : mask.slab();
        long slabs = slab == 0 ? 0 : x.length() / slab;
        long blocks = Kernel.DROPOUT.blocksFor(slab / ELEMENTS_PER_THREAD + 2);
        device.call(Kernel.DROPOUT, x.type())
                .buffer(x)
                .buffer(y)
                .buffer(counters)
                .longInteger(slabs)
                .longInteger(slab)
                .longInteger(mask.element(0))
                .longInteger(mask.stride())
                .longInteger(mask.seed())
                .integer(mask.stream())
                .integer(Philox.threshold(mask.probability()))
                .real((float) (1 / (1 - (double) mask.probability())))
                .launch(blocks, Kernel.rowsFor(slabs, blocks));
    }
}
