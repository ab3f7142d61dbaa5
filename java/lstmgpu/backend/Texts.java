package lstmgpu.backend;

import java.lang.foreign.MemorySegment;

/** Texts and tables on a device, and the batches cut from them; {@link Backend} says what holds for all operations. */
public interface Texts {
    /**
     * Puts a text where {@link #gatherBatch} can reach it.
     *
     * @param tokens little-endian unsigned identifiers; stays mapped as long as the corpus is open
     * @param bytesPerToken 1, 2 or 4
     */
    TokenCorpus corpus(MemorySegment tokens, int bytesPerToken);

    /** Writes inputs and targets, INT32 [T,B] each, for the epoch and the step in it that the clock shows. */
    default void gatherBatch(
            TokenCorpus corpus, BatchSpec spec, StepClock clock, DeviceBuffer inputs, DeviceBuffer targets) {
        gatherBatch(corpus, spec, clock, null, inputs, targets);
    }

    /**
     * The same where steps differ in length.
     *
     * @param places INT32, as many as an epoch has steps: how far behind its first token a sequence is at step k, in
     *     the place of k·stepStride; null where all steps are alike, and in a batch that is shuffled. Whoever uploads
     *     them guarantees that the text reaches as far
     */
    void gatherBatch(
            TokenCorpus corpus,
            BatchSpec spec,
            StepClock clock,
            DeviceBuffer places,
            DeviceBuffer inputs,
            DeviceBuffer targets);

    /**
     * Which rows of tables the sequences of a batch read. With s = order[k·B' + first + b], where k is the clock's
     * EPOCH_STEP and B' and first are the share's: rows[t,b] = starts[s] + t for t < ends[b] = min(lengths[s], T), and
     * behind it 0, the row that every table has for padding; chosen[b] = s. {@link #take} and {@link Layers#embed} then
     * read the rows. A table may have 2^31 of them.
     *
     * <p>Whoever uploads starts, lengths and order guarantees what stands below about their numbers, since a GPU's
     * memory cannot be looked at from here; the CPU and the reference refuse what is otherwise.
     *
     * @param starts INT32 [S], the row where each sequence begins, none below 0
     * @param lengths INT32 [S], the rows that each sequence has, 1 or more and all within the tables that are read
     * @param order INT32 with (k + 1)·B' numbers or more at every step, each in [0, S)
     * @param rows INT32 [T,B]
     * @param ends INT32 [B], as {@link RnnInput#lengths} wants them
     * @param chosen INT32 [B]
     */
    void gatherRows(
            DeviceBuffer starts,
            DeviceBuffer lengths,
            DeviceBuffer order,
            RowsSpec spec,
            StepClock clock,
            DeviceBuffer rows,
            DeviceBuffer ends,
            DeviceBuffer chosen);

    /**
     * out[n] = table[rows[n]], for every n of rows.
     *
     * @param table INT32 [V]
     * @param rows INT32 [N], each in [0, V), which is the caller's to guarantee as above
     * @param out INT32 [N]
     */
    void take(DeviceBuffer table, DeviceBuffer rows, DeviceBuffer out);
}
