package lstmgpu.backend.kernels;

import lstmgpu.backend.BatchShare;
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
        launch(device, in, 1, in.length(), BatchShare.whole(1), p, seed, stream, Batch.counters(clock), out);
    }

    /**
     * y = x under a mask; both of one type, y may be x.
     *
     * @param x [steps, sequences, width], all of it
     * @param share which sequences of the batch these are
     */
    static void launch(
            KernelDevice device,
            KernelBuffer x,
            int sequences,
            long width,
            BatchShare share,
            float p,
            long seed,
            int stream,
            KernelBuffer counters,
            KernelBuffer y) {
        boolean whole = sequences == share.of(sequences).all();
        long slab = whole ? x.length() : sequences * width;
        long slabs = slab == 0 ? 0 : x.length() / slab;
        if (slabs * slab != x.length()) {
            throw new IllegalArgumentException("x has " + x.length() + " elements, no multiple of " + slab);
        }
        long blocks = Kernel.DROPOUT.blocksFor(slab / ELEMENTS_PER_THREAD + 2);
        device.call(Kernel.DROPOUT, x.type())
                .buffer(x)
                .buffer(y)
                .buffer(counters)
                .longInteger(slabs)
                .longInteger(slab)
                .longInteger(share.first() * width)
                .longInteger(share.all() * width)
                .longInteger(seed)
                .integer(stream)
                .integer(Philox.threshold(p))
                .real((float) (1 / (1 - (double) p)))
                .launch(blocks, Kernel.rowsFor(slabs, blocks));
    }
}
