package lstmgpu.backend.counted;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Drawing;
import lstmgpu.backend.RecordedTokenLoop;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenLoop;

/** {@link Drawing} that takes no memory and computes nothing. */
final class CountedDrawing implements Drawing {
    private final Drawing like;
    private final MemoryCount count;

    CountedDrawing(Drawing like, MemoryCount count) {
        this.like = like;
        this.count = count;
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
    public TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Draws draws, TokenLoop.Body body, int limit) {
        long bytes = like.loopBytes(network);
        return bytes > 0
                ? new CountedLoop(count, count.take(bytes))
                : new RecordedTokenLoop(_ -> CountedBackend.nothing(), drawsAtOnce(), body, limit);
    }

    private record CountedLoop(MemoryCount count, long bytes) implements TokenLoop {
        @Override
        public int most() {
            return 1;
        }

        @Override
        public int draw(int wanted) {
            return 1;
        }

        @Override
        public void close() {
            count.give(bytes);
        }
    }
}
