package lstmgpu.backend.cuda.sequence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import lstmgpu.backend.Cell;

/**
 * Splits of a layer that fit on a GPU, the quickest by a model of a step first: its exchanges, what a block moves
 * through the second-level cache, and the larger of its multiplications and of what it moves through shared memory.
 * docs/benchmarks.md works the model out for three shapes.
 *
 * @param multiprocessors each of which runs one block, so no more blocks than these
 * @param sharedBytes that a block may have
 * @param clusters whether blocks of a cluster reach each other's shared memory
 */
record SequencePlanner(int multiprocessors, int sharedBytes, boolean clusters) {
    /** Bytes a nanosecond of the second-level cache for one of 132 multiprocessors, an H200's. */
    private static final double CACHE = 5500.0 / 132;

    /** Bytes a nanosecond that a block of a cluster gets from the others. */
    private static final double GIVEN = 25;

    /** Nanoseconds from asking the second-level cache for a chunk until it is there. */
    private static final double LATENCY = 700;

    /** Nanoseconds for the block's two meetings about a chunk. */
    private static final double CHUNK = 40;

    /** Bytes a nanosecond of shared memory. */
    private static final double SHARED = 225;

    /** Multiplications and additions a nanosecond of a multiprocessor. */
    private static final double TENSOR = 4700;

    private static final int MOST_REGISTERS = 255;
    private static final int[] SHARES = {8, 16, 32, 64};
    private static final int[] NO_PARTS = {0};
    private static final int[] POWERS = {1, 2, 4, 8, 16, 32, 64, 128};

    /** Forward splits for B sequences. */
    List<SequenceSplit> forward(Cell cell, int hidden, int batch) {
        return splits(cell, hidden, batch, true);
    }

    /** Backward splits for B sequences. */
    List<SequenceSplit> backward(Cell cell, int hidden, int batch) {
        return splits(cell, hidden, batch, false);
    }

    private List<SequenceSplit> splits(Cell cell, int hidden, int batch, boolean forward) {
        List<SequenceSplit> found = new ArrayList<>();
        for (int units : SHARES) {
            for (int sequences : SHARES) {
                int blocks = hidden / units * ((batch + sequences - 1) / sequences);
                if (hidden % units != 0 || blocks > multiprocessors) {
                    continue;
                }
                for (int parts : forward ? NO_PARTS : POWERS) {
                    for (Exchange exchange : Exchange.values()) {
                        addTiles(found, new SequenceSplit(cell, hidden, units, sequences, parts, exchange, 1, 0, 1));
                    }
                }
            }
        }
        found.sort(Comparator.comparingDouble(SequencePlanner::nanoseconds));
        return found;
    }

    private void addTiles(List<SequenceSplit> found, SequenceSplit grid) {
        if (grid.exchange().hasClusters() && !clusters) {
            return;
        }
        for (int rowWarps = 1; rowWarps <= 8; rowWarps *= 2) {
            for (int chunks = 1; chunks <= 16; chunks *= 2) {
                SequenceSplit bare = grid.withTile(rowWarps, 0, chunks);
                if (!bare.isEven()) {
                    continue;
                }
                int held = Math.min(bare.slabs(), (MOST_REGISTERS - registers(bare)) / (8 * bare.rowTiles()));
                SequenceSplit split = grid.withTile(rowWarps, held, chunks);
                if (held >= 0 && split.sharedBytes() <= sharedBytes) {
                    found.add(split);
                }
            }
        }
    }

    /** Registers of a thread besides the weights that it holds, from what ptxas made of many splits. */
    private static int registers(SequenceSplit split) {
        int sums = 4 * split.rowTiles() * split.sequences() / 8;
        boolean isShown = split.exchange() == Exchange.SHOWN;
        int shown = isShown ? split.sequences() * split.depth() / 8 / SequenceSplit.THREADS * 4 : 0;
        int backward = 4 * split.chunks() + (split.cell().splitsLastGate() ? 16 : 0);
        return 50 + sums + 12 * split.pairs() + shown + (split.isForward() ? 6 : backward);
    }

    /**
     * What a unit and sequence move through device memory a step: the input, what backward reads, h as a factor, and
     * the states.
     */
    private static int cellBytes(Cell cell) {
        int floats = cell.gates() + cell.states().size();
        int factors = cell.kept() + 1;
        return floats * Float.BYTES + factors * SequenceSplit.BYTES_OF_FACTOR;
    }

    /** A step of all blocks, by the model. The first chunk is waited for, the others come beside the products. */
    static double nanoseconds(SequenceSplit split) {
        double columns = (double) split.sequences() * split.depth() * 2;
        double sums = (double) split.sequences() * split.rows() * 4;
        double kept = 8.0 * (split.slabs() - split.held()) * split.rowTiles() * 1024;
        double cell = (double) split.sequences() * split.units() * cellBytes(split.cell());
        boolean exchangesSums = split.parts() > 1;
        Exchange exchange = split.exchange();
        double exchanges =
                (split.keepsGates() ? 0 : exchange.nanoseconds()) + (exchangesSums ? exchange.nanosecondsOfSums() : 0);
        double fetched = split.keepsGates() || exchange == Exchange.CLUSTER ? 0 : columns / CACHE;
        double given = (split.isForward() ? columns : sums) / GIVEN;
        double sent = exchange.hasClusters() ? given : exchangesSums ? 2 * sums / CACHE : 0;
        double waited = fetched / split.chunks();
        double later = Math.max(fetched - waited, (split.chunks() - 1) * LATENCY);
        double shared = kept + columns * (1 + split.rowWarps()) + 2 * sums * split.depthWarps();
        double products = 2.0 * split.rows() * split.depth() * split.sequences() / TENSOR;
        double beside = Math.max(Math.max(products, shared / SHARED), later);
        return exchanges + cell / CACHE + sent + waited + beside + split.chunks() * CHUNK;
    }
}
