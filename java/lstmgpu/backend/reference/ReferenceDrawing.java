package lstmgpu.backend.reference;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Drawing;
import lstmgpu.backend.RecordedTokenLoop;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenLoop;

/** {@link Drawing} in plain loops and float64. */
final class ReferenceDrawing implements Drawing {
    private final ReferenceMemory memory;

    ReferenceDrawing(ReferenceMemory memory) {
        this.memory = memory;
    }

    @Override
    public void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingRows rows,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens) {
        ReferenceBuffer drawn = memory.ints(tokens, 1, "tokens");
        ReferenceBuffer ring = memory.ints(history, drawn.length(), "history");
        ReferenceBuffer z = memory.floats(logits, drawn.length() * vocabulary, "logits");
        ReferenceBuffer settings = memory.ints(rows.words(), drawn.length() * SamplingRows.WORDS, "settings");
        ReferenceSampler.drawAll(z, vocabulary, settings, memory.counter(clock, StepClock.STEP), ring, drawn);
    }

    @Override
    public TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Draws draws, TokenLoop.Body body, int limit) {
        return new RecordedTokenLoop(memory::capture, drawsAtOnce(), body, limit);
    }
}
