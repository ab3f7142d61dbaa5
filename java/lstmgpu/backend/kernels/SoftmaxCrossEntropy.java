package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** Launches {@code kernels/softmax_cross_entropy.cu}. */
final class SoftmaxCrossEntropy {
    /** HELD of the kernel: logits a thread keeps in registers. */
    private static final int HELD = 16;

    private static final int FEWEST_THREADS = 32;

    private final KernelDevice device;

    SoftmaxCrossEntropy(KernelDevice device) {
        this.device = device;
    }

    void apply(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            float smoothing,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best) {
        KernelBuffer wanted = KernelArguments.ints(targets, 0, "targets");
        long rows = wanted.length();
        long elements = Math.multiplyExact(rows, (long) vocabulary);
        int threads = threadsOfARow(vocabulary);
        long rowsOfABlock = Kernel.SOFTMAX_CROSS_ENTROPY.block() / threads;
        device.call(Kernel.SOFTMAX_CROSS_ENTROPY, ElementType.FLOAT32)
                .buffer(KernelArguments.floats(logits, elements, "logits"))
                .buffer(wanted)
                .buffer(KernelArguments.floats(losses, rows, "losses"))
                .buffer(KernelArguments.floatsOrNull(dLogits, elements, "dLogits"))
                .buffer(best == null ? null : KernelArguments.ints(best, rows, "best"))
                .longInteger(rows)
                .integer(vocabulary)
                .integer(threads)
                .real(scale)
                .real(smoothing)
                .launch((rows + rowsOfABlock - 1) / rowsOfABlock);
    }

    /** The smallest power of two whose registers hold a row; a whole block where none does. */
    private static int threadsOfARow(int vocabulary) {
        int threads = FEWEST_THREADS;
        while (threads < Kernel.SOFTMAX_CROSS_ENTROPY.block() && threads * HELD < vocabulary) {
            threads *= 2;
        }
        return threads;
    }
}
