package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/embedding.cu}. */
final class Embedding {
    private final KernelDevice device;

    Embedding(KernelDevice device) {
        this.device = device;
    }

    void gather(DeviceBuffer table, DeviceBuffer tokens, int width, DeviceBuffer out) {
        KernelBuffer rows = KernelArguments.floats(table, width, "table");
        KernelBuffer ids = KernelArguments.ints(tokens, 0, "tokens");
        KernelBuffer gathered = KernelArguments.floats(out, Math.multiplyExact(ids.length(), (long) width), "out");
        device.call(Kernel.EMBED, ElementType.FLOAT32)
                .buffer(rows)
                .buffer(ids)
                .buffer(gathered)
                .longInteger(ids.length())
                .integer(width)
                .launch(Kernel.EMBED.blocksFor(ids.length() * width));
    }
}
