package lstmgpu.backend.cuda.stream;

import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.TokenLoop;
import lstmgpu.backend.cuda.driver.CooperativeKernel;
import lstmgpu.backend.cuda.driver.CooperativeRefusal;
import lstmgpu.backend.cuda.driver.CudaContext;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.sequence.SequencePlans;
import lstmgpu.backend.kernels.KernelArguments;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelRnn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loops over the tokens of one text in one launch, for the networks whose weights the GPU's shared memory holds. */
public final class TokenStreams {
    private static final Logger LOG = LoggerFactory.getLogger(TokenStreams.class);
    private static final int OLDEST = 8;
    private static final int UNIT_MULTIPLE = 8;
    private static final int MOST_TOKENS = 4096;

    private final CudaDevice device;
    private final Consumer<String> notice;

    /** @param notice hears why recorded steps draw tokens that were to be drawn in one launch */
    public TokenStreams(CudaDevice device, Consumer<String> notice) {
        this.device = device;
        this.notice = notice;
    }

    /** Whether plans of one step of this kind are for {@link #newLoop}, the length of the history left aside. */
    public boolean fits(RnnSpec spec, int vocabulary) {
        return isCandidate(spec) && obstacle(spec, vocabulary, 1) == null;
    }

    /** Taken only where it was asked for, as {@link SequencePlans} are. Several sequences share what a step reads. */
    private static boolean isCandidate(RnnSpec spec) {
        return spec.implementation() == RnnImplementation.SEQUENCE
                && !spec.training()
                && spec.steps() == 1
                && spec.batch() == 1;
    }

    /** What of the network or the GPU the kernel cannot do; null for nothing. */
    String obstacle(RnnSpec spec, int vocabulary, int window) {
        if (!spec.shape().cell().isIn(Cell.Plan.TOKEN_STREAM)) {
            return "it has no %s cells".formatted(spec.shape().cell().word());
        }
        if (spec.shape().projects()) {
            return "it has no projection";
        }
        if (spec.zoneout().acts()) {
            return "it has no zoneout";
        }
        int hidden = spec.shape().hiddenSize();
        if (hidden % UNIT_MULTIPLE != 0) {
            return "%d units are no multiple of %d".formatted(hidden, UNIT_MULTIPLE);
        }
        if (vocabulary > MOST_TOKENS) {
            return "%d tokens are more than %d".formatted(vocabulary, MOST_TOKENS);
        }
        CudaContext context = device.context();
        if (context.major() < OLDEST || !context.supportsCooperativeLaunch()) {
            return "it needs a GPU of compute capability 8.0 or more";
        }
        long bytes = shape(spec, vocabulary, window).bytes();
        return bytes <= context.sharedBytes()
                ? null
                : "its share of the weights takes %d KB of a multiprocessor, which has %d"
                        .formatted(bytes >> 10, context.sharedBytes() >> 10);
    }

    private TokenStreamShape shape(RnnSpec spec, int vocabulary, int window) {
        return TokenStreamShape.of(
                spec.shape(),
                vocabulary,
                window,
                KernelArguments.storage(spec.precision()).bytes(),
                device.context().multiprocessors(),
                device.context().sharedBytes());
    }

    /** Null, with the reason said, where steps draw the tokens. */
    public TokenLoop newLoop(KernelBackend backend, TokenLoop.Network network, TokenLoop.Draws draws, int limit) {
        if (draws.sampling() == null || !isCandidate(network.plan().spec())) {
            return null;
        }
        try {
            TokenStreamShape shape = require(network, draws);
            CooperativeKernel kernel = device.cooperative(
                    "cuda/" + TokenStreamShape.KERNEL,
                    TokenStreamShape.KERNEL,
                    shape.constants(),
                    shape.toString(),
                    shape.sharedBytes(),
                    CooperativeKernel.Waiting.ALL);
            if (kernel.residentBlocks() < shape.blocks()) {
                throw new CooperativeRefusal("the GPU does not run %d blocks at once".formatted(shape.blocks()));
            }
            TokenStreamMemory memory = memory(backend, shape, network, draws, limit);
            LOG.info("one launch draws up to {} tokens: {}", limit, kernel);
            return new TokenStream(device, backend, kernel, shape, memory, network, draws, limit);
        } catch (CooperativeRefusal refusal) {
            return refused(refusal.getMessage());
        } catch (LstmGpuException absent) {
            if (absent.exitCode() != ExitCode.DEVICE) {
                throw absent;
            }
            return refused(absent.getMessage());
        }
    }

    private TokenLoop refused(String reason) {
        notice.accept("recorded steps draw the tokens, and not one launch many: " + reason);
        return null;
    }

    /** The same for a backend that counts, with nothing loaded. */
    public TokenLoop newCountedLoop(
            KernelBackend backend, TokenLoop.Network network, TokenLoop.Draws draws, int limit) {
        if (draws.sampling() == null || !isCandidate(network.plan().spec())) {
            return null;
        }
        try {
            return new CountedLoop(memory(backend, require(network, draws), network, draws, limit), limit);
        } catch (CooperativeRefusal refusal) {
            return null;
        }
    }

    /** @throws CooperativeRefusal if the kernel cannot draw these tokens */
    private TokenStreamShape require(TokenLoop.Network network, TokenLoop.Draws draws) {
        if (!(network.input() instanceof RnnInput.Table)) {
            throw new CooperativeRefusal("the first layer reads features");
        }
        RnnSpec spec = network.plan().spec();
        int window = Math.toIntExact(draws.history().length());
        String obstacle = obstacle(spec, network.vocabulary(), window);
        if (obstacle != null) {
            throw new CooperativeRefusal(obstacle);
        }
        return shape(spec, network.vocabulary(), window);
    }

    private static TokenStreamMemory memory(
            KernelBackend backend,
            TokenStreamShape shape,
            TokenLoop.Network network,
            TokenLoop.Draws draws,
            int limit) {
        if (network.plan() instanceof LayeredRnnPlan plan && plan.kernels() instanceof KernelRnn rnn) {
            return new TokenStreamMemory(backend, shape, rnn, network, draws.losses() != null, limit);
        }
        throw new CooperativeRefusal("another library has the plan");
    }

    /** Holds what a loop holds, and computes nothing. */
    private record CountedLoop(TokenStreamMemory memory, int most) implements TokenLoop {
        @Override
        public int draw(int wanted) {
            return Math.min(wanted, most);
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
