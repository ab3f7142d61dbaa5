package lstmgpu.backend.cuda.sequence;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.cuda.driver.CudaCall;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.Patience;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.LayerLoop;
import lstmgpu.backend.kernels.LayerSequence;

/**
 * Launches {@code kernels/cuda/rnn_sequence_forward.cu} and {@code rnn_sequence_backward.cu}. What blocks tell each
 * other counts on from launch to launch, so nothing is cleared in between; launches of one loop follow each other in
 * one queue.
 */
final class SequenceLoop implements LayerLoop {
    private final CudaDevice device;
    private final RnnSpec spec;
    private final Patience patience;
    private final SequenceKernel forward;
    private final SequenceKernel backward;
    private final KernelBuffer forwardFlags;
    private final KernelBuffer backwardFlags;
    private final KernelBuffer partials;
    private final List<KernelBuffer> owned = new ArrayList<>();

    /** Either kernel may be null where it is not called. */
    SequenceLoop(CudaDevice device, RnnSpec spec, Patience patience, SequenceKernel forward, SequenceKernel backward) {
        this.device = device;
        this.spec = spec;
        this.patience = patience;
        this.forward = forward;
        this.backward = backward;
        try {
            forwardFlags = forward == null
                    ? null
                    : alloc(ElementType.INT32, forward.split().flags(spec.batch()));
            backwardFlags = backward == null
                    ? null
                    : alloc(ElementType.INT32, backward.split().flags(spec.batch()));
            partials = backward == null
                    ? null
                    : alloc(ElementType.FLOAT32, backward.split().partials(spec.batch()));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private KernelBuffer alloc(ElementType type, long length) {
        if (length == 0) {
            return null;
        }
        KernelBuffer buffer = device.alloc(type, length);
        owned.add(buffer);
        return buffer;
    }

    @Override
    public void forward(
            KernelBuffer input,
            KernelBuffer tokens,
            KernelBuffer weights,
            KernelBuffer inputBias,
            KernelBuffer recurrentBias,
            LayerSequence sequence) {
        if (forward.split().exchange() == Exchange.SHOWN) {
            device.zero(sequence.factorsAfter());
        }
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
                .buffer(sequence.recurrentNew())
                .buffer(forwardFlags)
                .integer(spec.steps())
                .integer(spec.batch())
                .integer(patience.milliseconds());
        call.launchCooperative(forward.split().groups(spec.batch()));
    }

    @Override
    public void backward(KernelBuffer dy, KernelBuffer weights, LayerSequence sequence) {
        CudaCall call = backward.call();
        call.buffer(dy)
                .buffer(weights)
                .buffer(sequence.states())
                .buffer(sequence.gates())
                .buffer(sequence.recurrentNew())
                .buffer(sequence.hiddenGates())
                .buffer(partials)
                .buffer(backwardFlags)
                .integer(spec.steps())
                .integer(spec.batch())
                .integer(patience.milliseconds());
        call.launchCooperative(backward.split().groups(spec.batch()));
    }

    @Override
    public void close() {
        owned.forEach(KernelBuffer::close);
    }
}
