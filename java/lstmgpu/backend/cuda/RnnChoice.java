package lstmgpu.backend.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cuda.cudnn.CudnnFailure;
import lstmgpu.backend.cuda.cudnn.CudnnPlans;
import lstmgpu.backend.cuda.cudnn.CudnnRefusal;
import lstmgpu.backend.cuda.libraries.CudnnVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether cuDNN or the fused kernels compute a plan. Left to choose, cuDNN gets every plan that it takes and that is
 * longer than {@link #SHORT} steps: its persistent kernels keep the recurrent weights on the chip from step to step,
 * which pays off over many steps, while short plans (generation, its prompts) are quicker with the fused kernels, which
 * also take the table of a small vocabulary.
 */
public final class RnnChoice implements AutoCloseable {
    /** Steps up to which a plan is left to the fused kernels. */
    static final int SHORT = 32;

    private static final Logger LOG = LoggerFactory.getLogger(RnnChoice.class);

    private final Supplier<CudnnPlans> start;
    private final Consumer<String> notice;
    private final Map<RnnSpec, String> refusals = new HashMap<>();
    private CudnnPlans cudnn;
    private String problem;

    /**
     * @param start cuDNN, when it is first needed
     * @param notice hears why cuDNN computes less than it might
     */
    public RnnChoice(Supplier<CudnnPlans> start, Consumer<String> notice) {
        this.start = start;
        this.notice = notice;
    }

    /** Without cuDNN. {@code problem} says why it is not there and what would mend that. */
    public RnnChoice(String problem) {
        this(null, null);
        this.problem = problem;
        LOG.info("the fused kernels compute the recurrent stack: {}", problem);
    }

    /** @throws LstmGpuException with exit code 4 if cuDNN was asked for and cannot */
    boolean isCudnn(RnnSpec spec) {
        if (!isCandidate(spec)) {
            return false;
        }
        String refusal = refusal(spec);
        if (refusal != null && spec.implementation() == RnnImplementation.CUDNN) {
            throw new LstmGpuException(ExitCode.DEVICE, "--rnn cudnn is not available: " + refusal);
        }
        return refusal == null;
    }

    /** Whether cuDNN computes the plan if it can. */
    private boolean isCandidate(RnnSpec spec) {
        return switch (spec.implementation()) {
            case CUDNN -> true;
            case AUTO -> problem == null && spec.steps() > SHORT && spec.tableSize() == 0;
            default -> false;
        };
    }

    /** Bytes of the plan that cuDNN would compute, or -1 where the plan is the fused kernels'. Nothing is tried out. */
    long cudnnBytes(RnnSpec spec) {
        if (problem != null
                || !isCandidate(spec)
                || !refusals.getOrDefault(spec.withTable(0), "").isEmpty()) {
            return -1;
        }
        try {
            return plans().planBytes(spec);
        } catch (CudnnRefusal refusal) {
            if (refusal.extent() == CudnnRefusal.Extent.LIBRARY) {
                reason(spec, refusal);
            }
            return -1;
        }
    }

    /** @throws CudnnRefusal if cuDNN does not start */
    private CudnnPlans plans() {
        if (cudnn == null) {
            try {
                cudnn = start.get();
            } catch (CudnnFailure failure) {
                throw new CudnnRefusal(failure.refusal().getMessage(), CudnnRefusal.Extent.LIBRARY);
            }
        }
        return cudnn;
    }

    /** Why cuDNN does not compute such a plan; null if it does. */
    private String refusal(RnnSpec spec) {
        if (problem != null) {
            return problem;
        }
        RnnSpec features = spec.withTable(0);
        return refusals.computeIfAbsent(features, this::ask).isEmpty() ? null : refusals.get(features);
    }

    /** The reason, or nothing. */
    private String ask(RnnSpec spec) {
        try {
            plans().require(spec);
            LOG.info("the recurrent stack is computed by {}", CudnnVersion.current());
            return "";
        } catch (CudnnRefusal refusal) {
            return reason(spec, refusal);
        }
    }

    /** Tells of a refusal, and remembers one of the library as a whole. Returns it with what to do about it. */
    private String reason(RnnSpec spec, CudnnRefusal refusal) {
        String text = "cuDNN refuses, so the fused kernels compute the recurrent stack: " + refusal.getMessage();
        if (refusal.extent() != CudnnRefusal.Extent.LAYER && spec.implementation() == RnnImplementation.AUTO) {
            notice.accept(text);
        } else {
            LOG.info(text);
        }
        if (refusal.extent() == CudnnRefusal.Extent.LIBRARY) {
            problem = "cuDNN does not work here (%s); run lstm-gpu doctor, or use --rnn fused"
                    .formatted(refusal.getMessage());
            return problem;
        }
        return "cuDNN computes no such layer (%s); use --rnn fused".formatted(refusal.getMessage());
    }

    /** A plan for which {@link #isCudnn} holds. */
    public RnnPlan newCudnnPlan(RnnSpec spec, StepClock clock) {
        if (spec.tableSize() > 0) {
            throw new IllegalArgumentException("cuDNN takes features, not a table");
        }
        spec.requireClock(clock);
        return cudnn.newPlan(spec, clock);
    }

    @Override
    public void close() {
        if (cudnn != null) {
            cudnn.close();
        }
    }
}
