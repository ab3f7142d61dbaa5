package lstmgpu.backend.cuda;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelDevice;
import lstmgpu.backend.kernels.LayerLoop;
import lstmgpu.backend.kernels.LayerSequence;

/**
 * Launches {@code kernels/cuda/lstm_sequence_forward.cu} and {@code lstm_sequence_backward.cu}. What blocks tell each other counts on from
 * launch to launch, so nothing is cleared in between; launches of one loop follow each other in one queue.
 */
final class SequenceLoop implements LayerLoop {
    private final RnnSpec spec;
    private final SequenceKernel forward;
    private final SequenceKernel backward;
    private final KernelBuffer forwardFlags;
    private final KernelBuffer backwardFlags;
    private final KernelBuffer partials;
    private final List<KernelBuffer> owned = new ArrayList<>();

    /** Either kernel may be null where it is not called. */
    SequenceLoop(KernelDevice device, RnnSpec spec, SequenceKernel forward, SequenceKernel backward) {
        this.spec = spec;
        this.forward = forward;
        this.backward = backward;
        try {
            forwardFlags = forward == null ? null : alloc(device, ElementType.INT32, flags(forward));
            backwardFlags = backward == null ? null : alloc(device, ElementType.INT32, 2 * flags(backward));
            long sums = backward == null ? 0 : backward.split().partials(spec.batch());
            partials = sums == 0 ? null : alloc(device, ElementType.FLOAT32, sums);
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private KernelBuffer alloc(KernelDevice device, ElementType type, long length) {
        KernelBuffer buffer = device.alloc(type, length);
        owned.add(buffer);
        return buffer;
    }

    private long flags(SequenceKernel kernel) {
        return (long) kernel.split().groups(spec.batch()) * kernel.split().blocks();
    }

    @Override
    public void forward(
            KernelBuffer input,
            KernelBuffer tokens,
            KernelBuffer weights,
            KernelBuffer inputBias,
            KernelBuffer recurrentBias,
            LayerSequence sequence) {
        CudaCall call = forward.call();
        call.buffer(input)
                .buffer(tokens)
                .buffer(weights)
                .buffer(inputBias)
                .buffer(recurrentBias)
                .buffer(sequence.hidden())
                .buffer(sequence.factors())
                .buffer(sequence.cell())
                .buffer(sequence.gates())
                .buffer(forwardFlags)
                .integer(spec.steps())
                .integer(spec.batch());
        call.launchTogether(forward.split().groups(spec.batch()));
    }

    @Override
    public void backward(KernelBuffer dy, KernelBuffer weights, LayerSequence sequence) {
        CudaCall call = backward.call();
        call.buffer(dy)
                .buffer(weights)
                .buffer(sequence.cell())
                .buffer(sequence.gates())
                .buffer(partials)
                .buffer(backwardFlags)
                .integer(spec.steps())
                .integer(spec.batch());
        call.launchTogether(backward.split().groups(spec.batch()));
    }

    @Override
    public void close() {
        owned.forEach(KernelBuffer::close);
    }
}
