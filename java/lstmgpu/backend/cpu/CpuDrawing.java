package lstmgpu.backend.cpu;

import java.util.function.IntConsumer;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Drawing;
import lstmgpu.backend.RecordedTokenLoop;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenLoop;

/** {@link Drawing} on all cores. */
final class CpuDrawing implements Drawing {
    private final WorkerPool pool;
    private final Sampler sampler;

    CpuDrawing(WorkerPool pool) {
        this.pool = pool;
        sampler = new Sampler();
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingRows rows,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {
        pool.run(sampler.of(logits, vocabulary, rows, CpuArguments.counter(clock, StepClock.STEP))
                .into(history, tokens));
    }

    @Override
    public TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Draws draws, IntConsumer body, int limit) {
        return new RecordedTokenLoop(Step::of, drawsAtOnce(), body, limit);
    }
}
