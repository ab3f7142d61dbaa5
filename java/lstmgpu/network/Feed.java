package lstmgpu.network;

import lstmgpu.backend.StepClock;

/** What fills batches, on the device. */
public interface Feed extends AutoCloseable {
    /** What its batches consist of: sequences of T steps that all count alike, unless it says otherwise. */
    default Batch.Form form(int steps, int sequences) {
        return Batch.Form.of(steps, sequences);
    }

    /**
     * Fills the batch of the step that the clock shows, by operations of the backend only, always the same ones, so
     * that a training step can be recorded.
     */
    void fill(Batch batch, StepClock clock);

    @Override
    void close();
}
