package lstmgpu.network;

import java.util.List;
import lstmgpu.backend.StepClock;

/** What fills batches, on the device. */
public interface Feed extends AutoCloseable {
    /**
     * What its batches consist of: sequences of T steps that all count alike, unless it says otherwise. Where there are
     * several forms, such as short and long sequences, a training step is prepared for each; all have B sequences.
     *
     * @param steps T, the most of a form
     * @param sequences B
     */
    default List<Batch.Form> forms(int steps, int sequences) {
        return List.of(Batch.Form.of(steps, sequences));
    }

    /**
     * Which of the forms the batch of a step has. The host asks before it begins the step, and what changes from epoch
     * to epoch may be brought to the device now.
     *
     * @param epoch epochs done
     * @param epochStep steps done in this epoch
     */
    default int next(int epoch, int epochStep) {
        return 0;
    }

    /**
     * Fills the batch of the step that the clock shows, by operations of the backend only, always the same ones for a
     * form, so that a training step can be recorded.
     */
    void fill(Batch batch, StepClock clock);

    @Override
    void close();
}
