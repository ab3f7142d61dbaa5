package lstmgpu.backend.cpu;

import java.lang.foreign.MemorySegment;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RowsSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.Texts;
import lstmgpu.backend.TokenCorpus;

/** {@link Texts} on all cores. */
final class CpuTexts implements Texts {
    private final Rows gathered = new Rows();

    @Override
    public TokenCorpus corpus(MemorySegment tokens, int bytesPerToken) {
        return new CpuCorpus(tokens, bytesPerToken);
    }

    @Override
    public void gatherBatch(
            TokenCorpus corpus,
            BatchSpec spec,
            StepClock clock,
            DeviceBuffer places,
            DeviceBuffer inputs,
            DeviceBuffer targets) {
        if (!(corpus instanceof CpuCorpus own)) {
            throw new IllegalArgumentException("the corpus is not of the CPU backend");
        }
        own.gather(
                spec,
                CpuArguments.counter(clock, StepClock.EPOCH_STEP),
                CpuArguments.counter(clock, StepClock.EPOCH),
                places,
                inputs,
                targets);
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
        gathered.of(starts, lengths, order)
                .gather(spec, CpuArguments.counter(clock, StepClock.EPOCH_STEP), rows, ends, chosen);
    }

    @Override
    public void take(DeviceBuffer table, DeviceBuffer rows, DeviceBuffer out) {
        Rows.take(table, rows, out);
    }
}
