package lstmgpu.backend.counted;

import java.util.function.IntConsumer;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Drawing;
import lstmgpu.backend.RecordedTokenLoop;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenLoop;

/** {@link Drawing} that takes no memory and computes nothing. */
final class CountedDrawing implements Drawing {
    private final Drawing like;

    CountedDrawing(Drawing like) {
        this.like = like;
    }

    @Override
    public int drawsAtOnce() {
        return like.drawsAtOnce();
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingRows rows,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {}

    @Override
    public TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Draws draws, IntConsumer body, int limit) {
        return new RecordedTokenLoop(_ -> CountedBackend.nothing(), drawsAtOnce(), body, limit);
    }
}
