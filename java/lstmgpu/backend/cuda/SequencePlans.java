package lstmgpu.backend.cuda;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelDevice;
import lstmgpu.backend.kernels.LayerLoop;
import lstmgpu.backend.kernels.LayerSequence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loops of whole sequences, for the plans that fit: LSTM layers in bfloat16 whose recurrent weights the GPU's registers and shared memory
 * hold. Left to choose, such plans are taken from {@link RnnChoice#SHORT} steps on, since a launch begins with reading all weights.
 */
final class SequencePlans {
    private static final Logger LOG = LoggerFactory.getLogger(SequencePlans.class);
    private static final int OLDEST = 8;

    private final CudaDevice device;
    private final SequenceTuner tuner;
    private final Map<RnnSpec, Chosen> known = new HashMap<>();

    /** The kernels of a plan, or why there are none. */
    private record Chosen(SequenceKernel forward, SequenceKernel backward, String refusal) {
        /** Words of 32 bits that a loop holds. */
        long words(int batch) {
            long words = forward.split().flags(batch);
            return backward == null
                    ? words
                    : words + backward.split().flags(batch) + backward.split().partials(batch);
        }

        String description() {
            return backward == null ? forward.split().toString() : forward.split() + "; " + backward.split();
        }
    }

    /** @param cache where what was measured is kept */
    SequencePlans(CudaDevice device, Path cache) {
        this.device = device;
        this.tuner = new SequenceTuner(device, cache.resolve("splits"));
    }

    /** @throws LstmGpuException with exit code 4 if the loop was asked for and does not fit */
    boolean takes(RnnSpec spec) {
        boolean named = spec.implementation() == RnnImplementation.SEQUENCE;
        boolean free = spec.implementation() == RnnImplementation.AUTO && spec.steps() > RnnChoice.SHORT;
        if (!named && !free) {
            return false;
        }
        String refusal = known.computeIfAbsent(spec, this::choose).refusal();
        if (named && refusal != null) {
            throw new LstmGpuException(
                    ExitCode.DEVICE, "--rnn sequence is not available: %s; use --rnn auto".formatted(refusal));
        }
        return refusal == null;
    }

    /**
     * For a plan for which {@link #takes} holds.
     *
     * @param on where its memory is: this device, or one that only counts
     */
    LayerLoop newLoop(KernelDevice on, RnnSpec spec) {
        Chosen chosen = known.get(spec);
        return isThis(on)
                ? new SequenceLoop(device, spec, chosen.forward(), chosen.backward())
                : new CountedLoop(on.alloc(ElementType.FLOAT32, chosen.words(spec.batch())));
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isThis(KernelDevice on) {
        return on == device;
    }

    /** Holds as much as a loop, and computes nothing. */
    private record CountedLoop(KernelBuffer memory) implements LayerLoop {
        @Override
        public void forward(
                KernelBuffer input,
                KernelBuffer tokens,
                KernelBuffer weights,
                KernelBuffer inputBias,
                KernelBuffer recurrentBias,
                LayerSequence sequence) {}

        @Override
        public void backward(KernelBuffer dy, KernelBuffer weights, LayerSequence sequence) {}

        @Override
        public void close() {
            memory.close();
        }
    }

    /** One line: how such a plan is divided. */
    String description(RnnSpec spec) {
        return known.get(spec).description();
    }

    private Chosen choose(RnnSpec spec) {
        try {
            require(spec);
            SequencePlanner planner = new SequencePlanner(
                    device.context().multiprocessors(), device.context().sharedBytes());
            int hidden = spec.shape().hiddenSize();
            SequenceKernel forward = tuner.fastest(planner.forward(hidden, spec.batch()), spec);
            SequenceKernel backward =
                    spec.training() ? tuner.fastest(planner.backward(hidden, spec.batch()), spec) : null;
            Chosen chosen = new Chosen(forward, backward, null);
            LOG.info("whole-sequence kernels compute the recurrent stack: {}", chosen.description());
            return chosen;
        } catch (SequenceRefusal refusal) {
            LOG.info("no whole-sequence kernels for the recurrent stack: {}", refusal.getMessage());
            return new Chosen(null, null, refusal.getMessage());
        }
    }

    private void require(RnnSpec spec) {
        if (spec.shape().cell() != Cell.LSTM) {
            throw new SequenceRefusal(
                    "it computes LSTM layers, not " + spec.shape().cell());
        }
        if (spec.precision() != Precision.BF16) {
            throw new SequenceRefusal("it multiplies in bfloat16, so it needs --precision bf16");
        }
        if (device.context().major() < OLDEST || !device.context().runsBlocksTogether()) {
            throw new SequenceRefusal("it needs a GPU of compute capability 8.0 or more");
        }
    }
}
