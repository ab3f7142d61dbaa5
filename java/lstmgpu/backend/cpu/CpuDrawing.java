package lstmgpu.backend.cpu;

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
    private final CpuMemory memory;
    private final RowUnit unit;
    private final Sampler sampler = new Sampler();

    /** @param unit multiplies rounded weights; null where nothing does */
    CpuDrawing(WorkerPool pool, CpuMemory memory, RowUnit unit) {
        this.pool = pool;
        this.memory = memory;
        this.unit = unit;
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingRows rows,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {
        sampler.of(logits, vocabulary, rows, CpuArguments.counter(clock, StepClock.STEP))
                .into(history, tokens);
        if (tokens.length() == 1) {
            pool.runAlone(sampler);
        } else {
            pool.run(sampler);
        }
    }

    @Override
    public TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Draws draws, TokenLoop.Body body, int limit) {
        TokenLoop loop = TextLoop.of(pool, memory, unit, network, body);
        return loop == null ? new RecordedTokenLoop(Step::of, drawsAtOnce(), body, limit) : loop;
    }

    @Override
    public long loopBytes(TokenLoop.Network network) {
        return TextLoop.bytes(unit, network);
    }

    @Override
    public boolean multipliesRounded() {
        return unit != null;
    }
}
