package lstmgpu.network;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RowsSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.data.SequenceBatches;

/** Where sequences lie in tables of rows on the device, and the batches that are gathered from there. */
final class SequenceRows implements AutoCloseable {
    private final Backend backend;
    private final SequenceBatches batches;
    private final int sequences;
    private final BatchShare share;
    private final SequenceTables tables;
    private final Resources memory;
    private final DeviceBuffer starts;
    private final DeviceBuffer lengths;
    private final DeviceBuffer order;
    private final DeviceBuffer ends;
    private final DeviceBuffer chosen;
    private final Map<Integer, DeviceBuffer> rows = new HashMap<>();

    /**
     * @param starts the row with which each sequence begins
     * @param sequences of a batch that are read here
     * @param share which of the whole batch's they are
     * @param places sequences of the longest order
     * @param tables closed with this, also where making it fails
     */
    SequenceRows(
            Backend backend,
            SequenceBatches batches,
            int[] starts,
            int sequences,
            BatchShare share,
            int places,
            SequenceTables tables) {
        this.backend = backend;
        this.batches = batches;
        this.sequences = sequences;
        this.share = share;
        this.tables = tables;
        this.memory = new Resources(backend);
        try {
            memory.keep(tables);
            this.starts = uploaded(starts);
            this.lengths = uploaded(batches.lengths());
            this.order = memory.alloc(ElementType.INT32, places);
            this.ends = memory.alloc(ElementType.INT32, sequences);
            this.chosen = memory.alloc(ElementType.INT32, sequences);
            for (int width : batches.widths()) {
                rows.put(width, memory.alloc(ElementType.INT32, Math.multiplyExact((long) width, (long) sequences)));
            }
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    private DeviceBuffer uploaded(int... values) {
        DeviceBuffer buffer = memory.alloc(ElementType.INT32, values.length);
        backend.upload(values, buffer);
        return buffer;
    }

    /** Says which sequences the coming batches have. */
    void order(int... numbers) {
        backend.upload(numbers, order);
    }

    /**
     * A form for every width, narrow ones first.
     *
     * @param judged whether targets are wanted, and so what each counts
     */
    List<Batch.Form> forms(boolean judged) {
        boolean padded = !batches.areEven();
        return Arrays.stream(batches.widths())
                .mapToObj(width -> new Batch.Form(width, sequences, padded, judged && tables.weighs()))
                .toList();
    }

    /** Fills the batch of the step in its epoch that the clock shows, by operations of the backend only. */
    void fill(Batch batch, StepClock clock) {
        int steps = batch.form().steps();
        DeviceBuffer places = rows.get(steps);
        DeviceBuffer own = batch.lengths() == null ? ends : batch.lengths();
        RowsSpec spec = new RowsSpec(steps, sequences, share);
        backend.texts().gatherRows(starts, lengths, order, spec, clock, places, own, chosen);
        tables.fill(batch, places, chosen);
    }

    @Override
    public void close() {
        memory.close();
    }
}
