package lstmgpu.backend.reference;

import java.lang.foreign.MemorySegment;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RowsSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.Texts;
import lstmgpu.backend.TokenCorpus;

/** {@link Texts} in plain loops and float64. */
class ReferenceTexts implements Texts {
    private final ReferenceMemory memory;

    ReferenceTexts(ReferenceMemory memory) {
        this.memory = memory;
    }

    @Override
    public TokenCorpus corpus(MemorySegment tokens, int bytesPerToken) {
        return new ReferenceCorpus(memory, tokens, bytesPerToken);
    }

    @Override
    public void gatherBatch(
            TokenCorpus corpus,
            BatchSpec spec,
            StepClock clock,
            DeviceBuffer places,
            DeviceBuffer inputs,
            DeviceBuffer targets) {
        if (!(corpus instanceof ReferenceCorpus text) || !text.belongsTo(memory)) {
            throw new IllegalArgumentException("the corpus is not one of this backend");
        }
        long tokens = (long) spec.steps() * spec.batch();
        text.gather(
                spec,
                memory.counter(clock, StepClock.EPOCH_STEP),
                memory.counter(clock, StepClock.EPOCH),
                places == null ? null : memory.ints(places, 1, "places"),
                memory.ints(inputs, tokens, "inputs"),
                memory.ints(targets, tokens, "targets"));
    }

    @Override
    public void gatherRows(
            DeviceBuffer starts,
            DeviceBuffer lengths,
            DeviceBuffer order,
            RowsSpec spec,
            StepClock clock,
            DeviceBuffer rows,
            DeviceBuffer ends,
            DeviceBuffer chosen) {
        new ReferenceRows(memory, starts, lengths, order)
                .gather(spec, memory.counter(clock, StepClock.EPOCH_STEP), rows, ends, chosen);
    }

    @Override
    public void take(DeviceBuffer table, DeviceBuffer rows, DeviceBuffer out) {
        ReferenceBuffer numbers = memory.ints(table, 1, "table");
        ReferenceBuffer from = memory.ints(rows, 1, "rows");
        ReferenceBuffer to = memory.ints(out, from.length(), "out");
        for (int n = 0; n < from.length(); n++) {
            to.setInt(n, ReferenceRows.number(numbers, from.getInt(n), "table"));
        }
    }
}
