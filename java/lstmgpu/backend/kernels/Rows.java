package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RowsSpec;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/rows.cu}. */
final class Rows {
    private final KernelDevice device;

    Rows(KernelDevice device) {
        this.device = device;
    }

    void gather(
            DeviceBuffer starts,
            DeviceBuffer lengths,
            DeviceBuffer order,
            RowsSpec spec,
            StepClock clock,
            DeviceBuffer rows,
            DeviceBuffer ends,
            DeviceBuffer chosen) {
        KernelBuffer begins = KernelArguments.ints(starts, 1, "starts");
        int sequences = spec.sequences();
        long n = Math.multiplyExact((long) spec.steps(), (long) sequences);
        device.call(Kernel.GATHER_ROWS, ElementType.FLOAT32)
                .buffer(begins)
                .buffer(KernelArguments.ints(lengths, begins.length(), "lengths"))
                .buffer(KernelArguments.ints(order, spec.share().all(), "order"))
                .buffer(Batch.counters(clock))
                .buffer(KernelArguments.ints(rows, n, "rows"))
                .buffer(KernelArguments.ints(ends, sequences, "ends"))
                .buffer(KernelArguments.ints(chosen, sequences, "chosen"))
                .integer(spec.steps())
                .integer(sequences)
                .integer(spec.share().first())
                .integer(spec.share().all())
                .launch(Kernel.GATHER_ROWS.blocksFor(n));
    }

    void take(DeviceBuffer table, DeviceBuffer rows, DeviceBuffer out) {
        KernelBuffer from = KernelArguments.ints(rows, 1, "rows");
        device.call(Kernel.TAKE, ElementType.FLOAT32)
                .buffer(KernelArguments.ints(table, 1, "table"))
                .buffer(from)
                .buffer(KernelArguments.ints(out, from.length(), "out"))
                .longInteger(from.length())
                .launch(Kernel.TAKE.blocksFor(from.length()));
    }
}
