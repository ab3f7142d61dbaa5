package lstmgpu.backend.reference;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;

/** A text read where it lies. */
final class ReferenceCorpus implements TokenCorpus {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ReferenceMemory memory;
    private final MemorySegment tokens;
    private final int bytesPerToken;
    private boolean closed;

    ReferenceCorpus(ReferenceMemory memory, MemorySegment tokens, int bytesPerToken) {
        memory.requireOpen();
        if (bytesPerToken != 1 && bytesPerToken != 2 && bytesPerToken != 4) {
            throw new IllegalArgumentException("a token has 1, 2 or 4 bytes, not " + bytesPerToken);
        }
        if (tokens.byteSize() % bytesPerToken != 0) {
            throw new IllegalArgumentException(
                    tokens.byteSize() + " bytes are no whole number of tokens of " + bytesPerToken + " bytes");
        }
        this.memory = memory;
        this.tokens = tokens;
        this.bytesPerToken = bytesPerToken;
    }

    boolean belongsTo(ReferenceMemory other) {
        return memory == other;
    }

    @Override
    public long length() {
        return tokens.byteSize() / bytesPerToken;
    }

    private int token(long index) {
        long at = index * bytesPerToken;
        return switch (bytesPerToken) {
            case 1 -> Byte.toUnsignedInt(tokens.get(ValueLayout.JAVA_BYTE, at));
            case 2 -> Short.toUnsignedInt(tokens.get(SHORT, at));
            default -> tokens.get(INT, at);
        };
    }

    /** Moves the three counters of a {@link StepClock} to the next step. */
    static void advance(ReferenceBuffer counters, int stepsPerEpoch) {
        int epochStep = counters.getInt(StepClock.EPOCH_STEP) + 1;
        int epochs = counters.getInt(StepClock.EPOCH) + epochStep / stepsPerEpoch;
        counters.setInt(StepClock.STEP, counters.getInt(StepClock.STEP) + 1);
        counters.setInt(StepClock.EPOCH_STEP, epochStep % stepsPerEpoch);
        counters.setInt(StepClock.EPOCH, epochs);
    }

    /** Writes the batch of step {@code epochStep} of an epoch. */
    void gather(
            BatchSpec spec,
            int epochStep,
            int epoch,
            ReferenceBuffer places,
            ReferenceBuffer inputs,
            ReferenceBuffer targets) {
        memory.requireOpen();
        if (closed) {
            throw new IllegalStateException("the corpus is closed");
        }
        for (int sequence = 0; sequence < spec.batch(); sequence++) {
            long start = start(spec, epochStep, epoch, places, sequence);
            if (start < 0 || start + spec.steps() >= length()) {
                throw new IllegalArgumentException("sequence "
                        + sequence
                        + " of step "
                        + epochStep
                        + " needs tokens "
                        + start
                        + " to "
                        + (start + spec.steps())
                        + ", but the text has "
                        + length());
            }
            for (int step = 0; step < spec.steps(); step++) {
                inputs.setInt(step * spec.batch() + sequence, token(start + step));
                targets.setInt(step * spec.batch() + sequence, token(start + step + 1));
            }
        }
    }

    private static long start(BatchSpec spec, int epochStep, int epoch, ReferenceBuffer places, int number) {
        int sequence = spec.share().first() + number;
        if (!spec.shuffled()) {
            long place = places == null ? epochStep * spec.stepStride() : places.getInt(epochStep);
            return spec.origin() + sequence * spec.sequenceStride() + place;
        }
        ReferenceShuffle shuffle = new ReferenceShuffle(spec.windows(), spec.seed(), epoch);
        return spec.origin()
                + spec.sequenceStride()
                        * shuffle.place((long) epochStep * spec.share().all() + sequence);
    }

    @Override
    public void close() {
        closed = true;
    }
}
