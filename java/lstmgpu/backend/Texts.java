package lstmgpu.backend;

import java.lang.foreign.MemorySegment;

/** Texts on a device, and the batches cut from them; {@link Backend} says what holds for all operations. */
public interface Texts {
    /**
     * Puts a text where {@link #gatherBatch} can reach it.
     *
     * @param tokens little-endian unsigned identifiers; stays mapped as long as the corpus is open
     * @param bytesPerToken 1, 2 or 4
     */
    TokenCorpus corpus(MemorySegment tokens, int bytesPerToken);

    /** Writes inputs and targets, INT32 [T,B] each, for the epoch and the step in it that the clock shows. */
    void gatherBatch(TokenCorpus corpus, BatchSpec spec, StepClock clock, DeviceBuffer inputs, DeviceBuffer targets);
}
