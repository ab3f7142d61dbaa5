package lstmgpu.backend.counted;

import java.lang.foreign.MemorySegment;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RowsSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.Texts;
import lstmgpu.backend.TokenCorpus;

/** {@link Texts} that takes no memory and computes nothing. */
final class CountedTexts implements Texts {
    /** A text of which only the length is asked. */
    private record Text(long length) implements TokenCorpus {
        @Override
        public void close() {}
    }

    @Override
    public TokenCorpus corpus(MemorySegment tokens, int bytesPerToken) {
        return new Text(tokens.byteSize() / bytesPerToken);
    }

    @Override
    public void gatherBatch(
            TokenCorpus corpus,
            BatchSpec spec,
            StepClock clock,
            DeviceBuffer places,
            DeviceBuffer inputs,
            DeviceBuffer targets) {}

    @Override
    public void gatherRows(
            DeviceBuffer starts,
            DeviceBuffer lengths,
            DeviceBuffer order,
            RowsSpec spec,
            StepClock clock,
            DeviceBuffer rows,
            DeviceBuffer ends,
            DeviceBuffer chosen) {}

    @Override
    public void take(DeviceBuffer table, DeviceBuffer rows, DeviceBuffer out) {}
}
