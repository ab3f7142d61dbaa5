package lstmgpu.network;

import java.util.Arrays;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.StepClock;
import lstmgpu.data.SequenceBatches;

/**
 * Every one of some sequences once through a network that is not trained meanwhile, in batches of similar lengths: to
 * judge them, or to predict what follows.
 */
public final class SequenceSweep implements AutoCloseable {
    /** Takes what a network makes of a batch. */
    public interface Visitor {
        /**
         * @param pass which was gone; its losses or predictions are those of the batch
         * @param sequences their numbers; the batch may have repetitions of the last one behind them
         */
        void visit(Pass pass, int... sequences);
    }

    private final SequenceBatches.Epoch all;
    private final int count;
    private final int batch;
    private final boolean judges;
    private final Resources memory;
    private final StepClock clock;
    private final SequenceRows rows;
    private final List<Pass> passes;

    /**
     * @param batches of the sequences, with the B of this
     * @param starts the row with which each sequence begins
     * @param batch B
     * @param purpose to {@link Purpose#JUDGE} or to {@link Purpose#PREDICT}
     * @param tables closed with this, also where making it fails
     */
    public SequenceSweep(
            Network network, SequenceBatches batches, int[] starts, int batch, Purpose purpose, SequenceTables tables) {
        Backend backend = network.backend();
        this.all = batches.all();
        this.count = starts.length;
        this.batch = batch;
        this.judges = purpose == Purpose.JUDGE;
        this.memory = new Resources(backend);
        BatchShare whole = BatchShare.whole(batch);
        try {
            this.rows =
                    memory.keep(new SequenceRows(backend, batches, starts, batch, whole, all.order().length, tables));
            this.clock = memory.keep(new StepClock(backend));
            this.passes = rows.forms(judges).stream()
                    .map(form -> memory.keep(Pass.forward(network, form, purpose, steps(form, batches.widths()))))
                    .toList();
            rows.order(all.order());
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    /** That a place of a batch reads in this form. */
    private long steps(Batch.Form form, int... widths) {
        return Arrays.stream(all.widths())
                .filter(width -> widths[width] == form.steps())
                .mapToLong(width -> widths[width])
                .sum();
    }

    /** With the weights that the network has now. */
    public void run(Visitor visitor) {
        passes.forEach(Pass::refresh);
        for (int i = 0; i < all.widths().length; i++) {
            Pass pass = passes.get(all.widths()[i]);
            clock.set(0, i, 0);
            rows.fill(pass.batch(), clock);
            if (judges) {
                pass.judge();
            } else {
                pass.predict();
            }
            visitor.visit(pass, Arrays.copyOfRange(all.order(), i * batch, Math.min((i + 1) * batch, count)));
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
