package lstmgpu.network;

import lstmgpu.backend.DeviceBuffer;

/**
 * Tables of rows on the device in which whole sequences lie, such as the tokens of documents one behind the other or
 * the values of series. Row 0 is for padding.
 */
public interface SequenceTables extends AutoCloseable {
    /** Whether targets count differently, as {@link Batch#weights} says. */
    boolean weighs();

    /**
     * Fills all of a batch but its lengths, by operations of the backend only; of a batch without targets and weights,
     * the inputs.
     *
     * @param rows INT32 [T,B], the row of each step, 0 behind a sequence's end
     * @param sequences INT32 [B], which sequences they are
     */
    void fill(Batch batch, DeviceBuffer rows, DeviceBuffer sequences);

    @Override
    void close();
}
