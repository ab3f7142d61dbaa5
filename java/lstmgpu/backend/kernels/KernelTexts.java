package lstmgpu.backend.kernels;

import java.lang.foreign.MemorySegment;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RowsSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.Texts;
import lstmgpu.backend.TokenCorpus;

/** {@link Texts} as launches of the portable kernels. */
final class KernelTexts implements Texts {
    private final KernelDevice device;
    private final Batch batch;
    private final Rows tableRows;

    KernelTexts(KernelDevice device, Batch batch) {
        this.device = device;
        this.batch = batch;
        tableRows = new Rows(device);
    }

    @Override
    public TokenCorpus corpus(MemorySegment tokens, int bytesPerToken) {
        return new KernelCorpus(device, tokens, bytesPerToken);
    }

    @Override
    public void gatherBatch(
            TokenCorpus corpus,
            BatchSpec spec,
            StepClock clock,
            DeviceBuffer places,
            DeviceBuffer inputs,
            DeviceBuffer targets) {
        batch.gather(corpus, spec, clock, places, inputs, targets);
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
        tableRows.gather(starts, lengths, order, spec, clock, rows, ends, chosen);
    }

    @Override
    public void take(DeviceBuffer table, DeviceBuffer rows, DeviceBuffer out) {
        tableRows.take(table, rows, out);
    }
}
