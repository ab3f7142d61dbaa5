package lstmgpu.network;

import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.StepClock;
import lstmgpu.data.SequenceBatches;

/** Whole sequences out of tables on the device, all of them once an epoch and in another order each time. */
public final class SequenceFeed implements Feed {
    private final SequenceBatches batches;
    private final SequenceRows rows;
    private int epoch;
    private int[] widths;

    /**
     * @param batches whose B is that of the whole batch
     * @param starts the row with which each sequence begins
     * @param sequences of a batch that are read here
     * @param share which of the whole batch's they are
     * @param tables closed with this, also where making it fails
     */
    public SequenceFeed(
            Backend backend,
            SequenceBatches batches,
            int[] starts,
            int sequences,
            BatchShare share,
            SequenceTables tables) {
        this.batches = batches;
        int places = Math.multiplyExact(batches.batches(), share.all());
        this.rows = new SequenceRows(backend, batches, starts, sequences, share, places, tables);
        try {
            beginEpoch(0);
        } catch (RuntimeException | Error failure) {
            rows.close();
            throw failure;
        }
    }

    private void beginEpoch(int number) {
        SequenceBatches.Epoch sequences = batches.epoch(number);
        rows.order(sequences.order());
        widths = sequences.widths();
        epoch = number;
    }

    @Override
    public List<Batch.Form> forms(int steps, int sequences) {
        return rows.forms(true);
    }

    /** Brings the order of the sequences to the device where an epoch begins. */
    @Override
    public int next(int number, int epochStep) {
        if (number != epoch) {
            beginEpoch(number);
        }
        return widths[epochStep];
    }

    @Override
    public void fill(Batch batch, StepClock clock) {
        rows.fill(batch, clock);
    }

    @Override
    public void close() {
        rows.close();
    }
}
