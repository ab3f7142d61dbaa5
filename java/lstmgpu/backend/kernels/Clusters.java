package lstmgpu.backend.kernels;

import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.LogSoftmaxSpec;

/** Launches {@code kernels/clusters.cu}. */
final class Clusters {
    private final KernelDevice device;

    Clusters(KernelDevice device) {
        this.device = device;
    }

    void partition(DeviceBuffer tokens, DeviceBuffer cutoffs, int behind, ClusterRows rows) {
        KernelBuffer ids = KernelArguments.ints(tokens, 0, "tokens");
        KernelBuffer limits = KernelArguments.ints(cutoffs, 2, "cutoffs");
        int count = Math.toIntExact(ids.length());
        long clusters = limits.length() - 1;
        long length = Math.multiplyExact(clusters, (long) count);
        device.call(Kernel.PARTITION, ElementType.FLOAT32)
                .buffer(ids)
                .buffer(limits)
                .buffer(KernelArguments.ints(rows.entries(), count, "entries"))
                .buffer(KernelArguments.ints(rows.places(), length, "places"))
                .buffer(KernelArguments.ints(rows.inside(), length, "inside"))
                .buffer(KernelArguments.ints(rows.counts(), clusters, "counts"))
                .integer(count)
                .integer(behind)
                .launch(clusters);
    }

    /** Rows of x [N,width] that do not count become zeros. */
    void clearBehind(KernelBuffer x, LinearSpec.Counted counted, int rows, int width) {
        long length = Math.multiplyExact((long) rows, (long) width);
        device.call(Kernel.CLEAR_BEHIND, ElementType.FLOAT32)
                .buffer(x)
                .buffer(KernelArguments.ints(counted.count(), 1, "count"))
                .integer(counted.before())
                .longInteger(length)
                .integer(width)
                .launch(Kernel.CLEAR_BEHIND.blocksFor(length));
    }

    void logSoftmax(DeviceBuffer logits, DeviceBuffer outer, LogSoftmaxSpec spec, DeviceBuffer out) {
        long rows = spec.rows();
        device.call(Kernel.LOG_SOFTMAX, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(logits, Math.multiplyExact(rows, spec.width()), "logits"))
                .buffer(KernelArguments.floatsOrNull(outer, Math.multiplyExact(rows, spec.outerWidth()), "outer"))
                .buffer(KernelArguments.floats(out, Math.multiplyExact(rows, spec.outputs()), "out"))
                .integer(spec.width())
                .integer(spec.kept())
                .integer(spec.outputs())
                .integer(spec.at())
                .integer(spec.outerWidth())
                .integer(spec.entry())
                .launch(rows);
    }
}
