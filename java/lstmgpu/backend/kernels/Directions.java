package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/directions.cu}. */
final class Directions {
    private final KernelDevice device;

    Directions(KernelDevice device) {
        this.device = device;
    }

    void reverse(
            DeviceBuffer x, DeviceBuffer lengths, int steps, int sequences, int width, boolean add, DeviceBuffer y) {
        long n = KernelArguments.elements(steps, sequences, width);
        KernelCall call = device.call(Kernel.REVERSE, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(x, n, "x"))
                .buffer(KernelArguments.intsOrNull(lengths, sequences, "lengths"))
                .buffer(KernelArguments.floats(y, n, "y"))
                .integer(steps)
                .integer(sequences)
                .integer(width)
                .integer(add ? 1 : 0);
        launch(call, Kernel.REVERSE, steps, sequences, width);
    }

    void join(
            DeviceBuffer f, DeviceBuffer r, DeviceBuffer lengths, int steps, int sequences, int width, DeviceBuffer y) {
        long n = KernelArguments.elements(steps, sequences, width);
        KernelCall call = device.call(Kernel.JOIN_DIRECTIONS, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(f, n, "f"))
                .buffer(KernelArguments.floats(r, n, "r"))
                .buffer(KernelArguments.intsOrNull(lengths, sequences, "lengths"))
                .buffer(KernelArguments.floats(y, 2 * n, "y"))
                .integer(steps)
                .integer(sequences)
                .integer(width);
        launch(call, Kernel.JOIN_DIRECTIONS, steps, sequences, 2 * width);
    }

    void split(
            DeviceBuffer dy,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer df,
            DeviceBuffer dr) {
        long n = KernelArguments.elements(steps, sequences, width);
        KernelCall call = device.call(Kernel.SPLIT_DIRECTIONS, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(dy, 2 * n, "dy"))
                .buffer(KernelArguments.intsOrNull(lengths, sequences, "lengths"))
                .buffer(KernelArguments.floats(df, n, "df"))
                .buffer(KernelArguments.floats(dr, n, "dr"))
                .integer(steps)
                .integer(sequences)
                .integer(width);
        launch(call, Kernel.SPLIT_DIRECTIONS, steps, sequences, width);
    }

    /** As many rows of blocks as there are steps, unless a step alone has enough. */
    private static void launch(KernelCall call, Kernel kernel, int steps, int sequences, int width) {
        int together = Math.max(1, kernel.block() / width);
        long across = Math.min(Math.ceilDiv(sequences, together), Kernel.MOST_BLOCKS);
        call.launch(across, Kernel.rowsFor(steps, across));
    }
}
