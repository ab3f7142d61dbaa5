package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Pooling;

/** Launches {@code kernels/pool.cu}. */
final class Pool {
    private final KernelDevice device;

    Pool(KernelDevice device) {
        this.device = device;
    }

    void forward(
            Pooling pooling,
            DeviceBuffer y,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer out) {
        long units = KernelArguments.elements(1, sequences, width);
        device.call(Kernel.POOL, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(y, KernelArguments.elements(steps, sequences, width), "y"))
                .buffer(KernelArguments.intsOrNull(lengths, sequences, "lengths"))
                .buffer(KernelArguments.floats(out, units, "out"))
                .integer(steps)
                .integer(sequences)
                .integer(width)
                .integer(number(pooling))
                .launch(Kernel.POOL.blocksFor(units));
    }

    void backward(
            Pooling pooling,
            DeviceBuffer dOut,
            DeviceBuffer y,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer dy) {
        long units = KernelArguments.elements(1, sequences, width);
        long n = KernelArguments.elements(steps, sequences, width);
        boolean reads = pooling == Pooling.MAX;
        long across = Kernel.POOL_GRAD.blocksFor(units);
        device.call(Kernel.POOL_GRAD, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(dOut, units, "dOut"))
                .buffer(reads ? KernelArguments.floats(y, n, "y") : null)
                .buffer(KernelArguments.intsOrNull(lengths, sequences, "lengths"))
                .buffer(KernelArguments.floats(dy, n, "dy"))
                .integer(steps)
                .integer(sequences)
                .integer(width)
                .integer(number(pooling))
                .launch(across, reads ? 1 : Kernel.rowsFor(steps, across));
    }

    /** What the kernel calls it. */
    private static int number(Pooling pooling) {
        return switch (pooling) {
            case LAST -> 0;
            case MEAN -> 1;
            case MAX -> 2;
        };
    }
}
