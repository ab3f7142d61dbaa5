package lstmgpu.network;

import lstmgpu.backend.StepClock;

/** What fills batches, on the device. */
public interface Feed extends AutoCloseable {
    /**
     * Fills the batch of the step that the clock shows, by operations of the backend only, always the same ones, so
     * that a training step can be recorded.
     */
    void fill(Batch batch, StepClock clock);

    @Override
    void close();
}
