package lstmgpu.backend.cuda.sequence;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.Patience;
import lstmgpu.backend.cuda.driver.Stopwatch;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.LayerSequence;

/** One layer by one kernel, on zeros, in memory of its own, to see how long it takes. */
final class SequenceTrial implements AutoCloseable {
    private static final int RUNS = 5;
    private static final int MOST_STEPS = 64;

    private final CudaDevice device;
    private final boolean forward;
    private final List<KernelBuffer> owned = new ArrayList<>();
    private final SequenceLoop loop;
    private final LayerSequence sequence;
    private final KernelBuffer weights;
    private final KernelBuffer biases;
    private final KernelBuffer input;

    SequenceTrial(CudaDevice device, RnnSpec spec, SequenceKernel kernel) {
        this.device = device;
        this.forward = kernel.split().isForward();
        RnnSpec shorter = spec.withSteps(Math.min(spec.steps(), MOST_STEPS));
        long rows = spec.shape().gateRows();
        long states = (shorter.steps() + 1L) * spec.batch() * spec.shape().hiddenSize();
        long gates = shorter.tokens() * rows;
        try {
            loop = new SequenceLoop(device, shorter, Patience.TRIAL, forward ? kernel : null, forward ? null : kernel);
            long first = states / (shorter.steps() + 1);
            KernelBuffer factors = alloc(ElementType.BFLOAT16, states);
            KernelBuffer allGates = alloc(ElementType.BFLOAT16, gates);
            boolean split = spec.shape().cell().splitsLastGate();
            sequence = new LayerSequence(
                    alloc(ElementType.FLOAT32, states),
                    factors,
                    factors.slice(first, states - first),
                    spec.shape().cell().hasCellState() ? alloc(ElementType.FLOAT32, states) : null,
                    allGates,
                    split ? alloc(ElementType.BFLOAT16, states - first) : null,
                    split ? alloc(ElementType.BFLOAT16, gates) : allGates);
            weights = alloc(ElementType.BFLOAT16, rows * spec.shape().hiddenSize());
            biases = alloc(ElementType.FLOAT32, rows);
            input = forward ? alloc(ElementType.FLOAT32, gates) : null;
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private KernelBuffer alloc(ElementType type, long length) {
        KernelBuffer buffer = device.alloc(type, length);
        owned.add(buffer);
        return buffer;
    }

    double milliseconds() {
        return Stopwatch.milliseconds(device, RUNS, "timing whole-sequence kernels", this::pass);
    }

    /** Backward takes h for its gradient: both are zero. */
    void pass() {
        if (forward) {
            loop.forward(input, null, weights, biases, biases, sequence);
        } else {
            loop.backward(sequence.hidden(), weights, sequence);
        }
    }

    @Override
    public void close() {
        owned.forEach(KernelBuffer::close);
        if (loop != null) {
            loop.close();
        }
    }
}
