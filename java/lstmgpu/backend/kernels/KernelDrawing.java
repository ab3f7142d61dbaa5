package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Drawing;
import lstmgpu.backend.RecordedTokenLoop;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenLoop;

/** {@link Drawing} as launches of the portable kernels. */
final class KernelDrawing implements Drawing {
    private static final int DRAWS_AT_ONCE = 16; // A token costs about as much as the host needs to hear of it.

    private final KernelBackend backend;
    private final RnnPlans plans;
    private final Sampler sampler;

    KernelDrawing(KernelBackend backend, RnnPlans plans) {
        this.backend = backend;
        this.plans = plans;
        sampler = new Sampler(backend.kernelDevice());
    }

    @Override
    public int drawsAtOnce() {
        return DRAWS_AT_ONCE;
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingRows rows,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {
        sampler.draw(logits, vocabulary, rows, clock, history, tokens);
    }

    @Override
    public TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Draws draws, TokenLoop.Body body, int limit) {
        TokenLoop loop = plans.newTokenLoop(backend, network, draws, limit);
        return loop == null ? new RecordedTokenLoop(backend::capture, DRAWS_AT_ONCE, body, limit) : loop;
    }
}
