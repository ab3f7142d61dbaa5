package lstmgpu.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.StepClock;
import lstmgpu.data.SequenceBatches;
import lstmgpu.parallel.Peers;

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
            visitor.visit(gone(i), sequences(i));
        }
    }

    /** Numbers of a batch that went through the network. */
    public interface Reader {
        /**
         * @param count sequences of the batch; it may have repetitions of the last one behind them
         * @return [count, numbers]
         */
        float[] read(Pass pass, int count);
    }

    /** Takes what a sequence came to. */
    public interface Taker {
        /** @param numbers [all sequences, numbers], those of this one from a place on; valid during the call */
        void take(int sequence, float[] numbers, int from);
    }

    /**
     * With the weights that the network has now, by several processes: each takes whole batches, so that the bits are
     * those of one, and all are given everything, in the order of one; all call it.
     *
     * @param numbers how many there are of a sequence
     */
    public void run(Peers peers, int numbers, Reader reader, Taker taker) {
        if (peers.size() == 1) {
            run((pass, sequences) -> {
                float[] found = reader.read(pass, sequences.length);
                for (int i = 0; i < sequences.length; i++) {
                    taker.take(sequences[i], found, i * numbers);
                }
            });
            return;
        }
        int batches = all.widths().length;
        List<float[]> own = new ArrayList<>();
        passes.forEach(Pass::refresh);
        for (int i = peers.rank(); i < batches; i += peers.size()) {
            own.add(reader.read(gone(i), sequences(i).length).clone());
        }
        float[][] found = peers.gather(concatenated(own));
        int[] taken = new int[peers.size()];
        for (int i = 0; i < batches; i++) {
            int peer = i % peers.size();
            for (int sequence : sequences(i)) {
                taker.take(sequence, found[peer], taken[peer]);
                taken[peer] += numbers;
            }
        }
    }

    /** A batch after its way through the network. */
    private Pass gone(int number) {
        Pass pass = passes.get(all.widths()[number]);
        clock.set(0, number, 0);
        rows.fill(pass.batch(), clock);
        if (judges) {
            pass.judge();
        } else {
            pass.predict();
        }
        return pass;
    }

    private static float[] concatenated(List<float[]> pieces) {
        float[] all = new float[pieces.stream().mapToInt(piece -> piece.length).reduce(0, Math::addExact)];
        int from = 0;
        for (float[] piece : pieces) {
            System.arraycopy(piece, 0, all, from, piece.length);
            from += piece.length;
        }
        return all;
    }

    private int[] sequences(int number) {
        return Arrays.copyOfRange(all.order(), number * batch, Math.min((number + 1) * batch, count));
    }

    @Override
    public void close() {
        memory.close();
    }
}
