package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/sum_of_squares.cu}: sums over a buffer from the sums of fixed stretches. */
final class SumOfSquares implements AutoCloseable {
    /** STRETCH of the kernel: elements that a block sums. */
    private static final int STRETCH = 4096;

    private final KernelDevice device;
    private final Scratch scratch;

    SumOfSquares(KernelDevice device) {
        this.device = device;
        this.scratch = new Scratch(device);
    }

    void sum(DeviceBuffer x, DeviceBuffer out) {
        KernelBuffer values = KernelArguments.floats(x, 0, "x");
        KernelBuffer result = KernelArguments.floats(out, 1, "out");
        KernelBuffer parts = stretches(values, true);
        device.call(Kernel.SUM_PARTS, ElementType.FLOAT32)
                .buffer(parts)
                .longInteger(count(values))
                .buffer(result)
                .launch(1);
    }

    void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {
        KernelBuffer values = KernelArguments.floats(losses, 1, "losses");
        KernelBuffer places = KernelArguments.floats(history, 1, "history");
        KernelBuffer counters = Batch.counters(clock);
        KernelBuffer parts = stretches(values, false);
        device.call(Kernel.RECORD_MEAN, ElementType.FLOAT32)
                .buffer(parts)
                .longInteger(count(values))
                .longInteger(values.length())
                .buffer(counters)
                .buffer(places)
                .longInteger(places.length())
                .launch(1);
    }

    private KernelBuffer stretches(KernelBuffer values, boolean squared) {
        KernelBuffer parts = scratch.atLeast(ElementType.FLOAT32, count(values));
        device.call(Kernel.SUM_STRETCHES, ElementType.FLOAT32)
                .buffer(values)
                .longInteger(values.length())
                .integer(squared ? 1 : 0)
                .buffer(parts)
                .launch(count(values));
        return parts;
    }

    private static long count(KernelBuffer values) {
        return (values.length() + STRETCH - 1) / STRETCH;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
