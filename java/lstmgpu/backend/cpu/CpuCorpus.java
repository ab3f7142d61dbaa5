package lstmgpu.backend.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Shuffle;
import lstmgpu.backend.TokenCorpus;

/** A text read where it is mapped. */
final class CpuCorpus implements TokenCorpus {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment tokens;
    private final int bytesPerToken;
    private volatile boolean closed;

    CpuCorpus(MemorySegment tokens, int bytesPerToken) {
        if (bytesPerToken != 1 && bytesPerToken != 2 && bytesPerToken != 4) {
            throw new IllegalArgumentException("a token has 1, 2 or 4 bytes, not " + bytesPerToken);
        }
        this.tokens = tokens;
        this.bytesPerToken = bytesPerToken;
    }

    @Override
    public long length() {
        return tokens.byteSize() / bytesPerToken;
    }

    private int token(long index) {
        return switch (bytesPerToken) {
            case 1 -> tokens.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
            case 2 -> tokens.get(SHORT, index * 2) & 0xFFFF;
            default -> tokens.get(INT, index * 4);
        };
    }

    void gather(
            BatchSpec spec, int epochStep, int epoch, DeviceBuffer places, DeviceBuffer inputs, DeviceBuffer targets) {
        if (closed) {
            throw new IllegalStateException("the corpus is closed");
        }
        int sequences = spec.batch();
        long length = Math.multiplyExact((long) spec.steps(), (long) sequences);
        CpuBuffer in = CpuArguments.check(inputs, ElementType.INT32, length, "inputs");
        CpuBuffer out = CpuArguments.check(targets, ElementType.INT32, length, "targets");
        long place = places == null
                ? epochStep * spec.stepStride()
                : CpuArguments.ints(places, epochStep + 1, "places").getInt(epochStep);
        for (int sequence = 0; sequence < sequences; sequence++) {
            long start = start(spec, epochStep, epoch, place, sequence);
            int current = token(start);
            for (int step = 0; step < spec.steps(); step++) {
                int next = token(start + step + 1);
                in.setInt((long) step * sequences + sequence, current);
                out.setInt((long) step * sequences + sequence, next);
                current = next;
            }
        }
    }

    private static long start(BatchSpec spec, int epochStep, int epoch, long place, int number) {
        int sequence = spec.share().first() + number;
        if (!spec.shuffled()) {
            return spec.origin() + sequence * spec.sequenceStride() + place;
        }
        long index = (long) epochStep * spec.share().all() + sequence;
        return spec.origin() + spec.sequenceStride() * Shuffle.permute(index, spec.windows(), spec.seed(), epoch);
    }

    @Override
    public void close() {
        closed = true; // The mapping is the caller's.
    }
}
