package lstmgpu.backend.cuda.sequence;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.cuda.driver.CooperativeRefusal;
import lstmgpu.backend.cuda.driver.CudaContext;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.Patience;
import lstmgpu.backend.kernels.LayerLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loops of whole sequences, for the plans that fit: layers in bfloat16 whose recurrent weights the GPU's registers and
 * shared memory hold. Taken only where they were asked for, as long as no card has shown that they are right and faster
 * than cuDNN.
 */
public final class SequencePlans {
    private static final Logger LOG = LoggerFactory.getLogger(SequencePlans.class);
    private static final int OLDEST = 8;
    private static final int OLDEST_WITH_CLUSTERS = 9;

    private final CudaDevice device;
    private final SequenceTuner tuner;
    private final Map<RnnSpec, Chosen> known = new HashMap<>();
    private final Set<String> said = new HashSet<>();
    private final Consumer<String> notice;

    /** The kernels of a plan, or why there are none. */
    private record Chosen(SequenceKernel forward, SequenceKernel backward, String refusal) {
        String description() {
            return backward == null ? forward.split().toString() : forward.split() + "; " + backward.split();
        }
    }

    /**
     * @param cache where what was measured is kept
     * @param notice hears, once, why the fused kernels compute a plan instead
     */
    public SequencePlans(CudaDevice device, Path cache, Consumer<String> notice) {
        this.device = device;
        this.notice = notice;
        this.tuner = new SequenceTuner(device, cache.resolve("splits"));
    }

    /** @throws LstmGpuException with exit code 4 if the loop was asked for where no size of layer would fit */
    public boolean takes(RnnSpec spec) {
        if (!isCandidate(spec)) {
            return false;
        }
        String obstacle = obstacle(spec);
        if (obstacle != null) {
            throw new LstmGpuException(
                    ExitCode.DEVICE, "--rnn sequence is not available: %s; use --rnn auto".formatted(obstacle));
        }
        String refusal = known.computeIfAbsent(spec, this::choose).refusal();
        if (refusal != null && said.add(refusal)) {
            notice.accept("the fused kernels compute the recurrent stack: " + refusal);
        }
        return refusal == null;
    }

    /**
     * Not the plans that write a text in float32: the token stream draws its tokens, and the fused kernels read its
     * prompt.
     */
    private static boolean isCandidate(RnnSpec spec) {
        return spec.implementation() == RnnImplementation.SEQUENCE
                && (spec.training() || spec.steps() > 1 && spec.precision() == Precision.BF16);
    }

    /** The same as {@link #takes} where the kernels are there, with nothing loaded or tried out, and nothing thrown. */
    public boolean fits(RnnSpec spec) {
        return isCandidate(spec)
                && obstacle(spec) == null
                && !forward(spec).isEmpty()
                && (!spec.training() || !backward(spec).isEmpty());
    }

    /**
     * Words of 32 bits that the loop of a plan that fits holds: the most that it may, since the fastest way of exchange
     * is not known yet.
     */
    public long words(RnnSpec spec) {
        return most(forward(spec), spec.batch()) + (spec.training() ? most(backward(spec), spec.batch()) : 0);
    }

    /** Of the most promising splits of each way of exchange. */
    private static long most(List<SequenceSplit> splits, int batch) {
        Map<Exchange, SequenceSplit> first = new EnumMap<>(Exchange.class);
        splits.forEach(split -> first.putIfAbsent(split.exchange(), split));
        return first.values().stream()
                .mapToLong(split -> split.flags(batch) + split.partials(batch))
                .max()
                .orElseThrow();
    }

    /** Forward splits of a plan, the most promising first. */
    private List<SequenceSplit> forward(RnnSpec spec) {
        return planner().forward(spec.shape().cell(), spec.shape().hiddenSize(), spec.batch());
    }

    /** Backward splits of a plan, the most promising first. */
    private List<SequenceSplit> backward(RnnSpec spec) {
        return planner().backward(spec.shape().cell(), spec.shape().hiddenSize(), spec.batch());
    }

    private SequencePlanner planner() {
        CudaContext context = device.context();
        return new SequencePlanner(
                context.multiprocessors(), context.sharedBytes(), context.major() >= OLDEST_WITH_CLUSTERS);
    }

    /** For a plan for which {@link #takes} holds. */
    public LayerLoop newLoop(RnnSpec spec) {
        Chosen chosen = known.get(spec);
        return new SequenceLoop(device, spec, Patience.RUN, chosen.forward(), chosen.backward());
    }

    /** One line: how such a plan is divided. */
    String description(RnnSpec spec) {
        return known.get(spec).description();
    }

    private Chosen choose(RnnSpec spec) {
        try {
            SequenceKernel forward = tuner.fastest(forward(spec), spec);
            SequenceKernel backward = spec.training() ? tuner.fastest(backward(spec), spec) : null;
            Chosen chosen = new Chosen(forward, backward, null);
            LOG.info("whole-sequence kernels compute the recurrent stack: {}", chosen.description());
            return chosen;
        } catch (CooperativeRefusal refusal) {
            return new Chosen(null, null, refusal.getMessage());
        }
    }

    /** What of the plan or the GPU these kernels cannot do; null for nothing. */
    private String obstacle(RnnSpec spec) {
        if (!spec.shape().cell().isIn(Cell.Plan.SEQUENCE)) {
            return "it has no %s cells".formatted(spec.shape().cell().word());
        }
        if (spec.shape().projects()) {
            return "it has no projection";
        }
        if (spec.zoneout().acts()) {
            return "it has no zoneout";
        }
        if (spec.precision() != Precision.BF16) {
            return "it multiplies in bfloat16, so it needs --precision bf16";
        }
        if (device.context().major() < OLDEST || !device.context().supportsCooperativeLaunch()) {
            return "it needs a GPU of compute capability 8.0 or more";
        }
        return null;
    }
}
