package lstmgpu.backend.cuda.sequence;

import java.util.Locale;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cuda.driver.CooperativeKernel;
import lstmgpu.backend.cuda.driver.KernelImages;

/**
 * How a kernel of {@code kernels/cuda/rnn_sequence_*.cu} divides a layer among blocks, and a block's tile among its
 * warps; these files say what each number means. All of it is compiled in.
 *
 * @param parts columns of the grid of blocks; 0 forward, where there is no grid
 */
public record SequenceSplit(
        Cell cell,
        int hidden,
        int units,
        int sequences,
        int parts,
        Exchange exchange,
        int rowWarps,
        int held,
        int chunks) {
    static final int THREADS = CooperativeKernel.THREADS;

    private static final int WARPS = THREADS / 32;
    private static final int SLAB = 32;
    private static final int BYTES_OF_FRAGMENT = 1024;
    static final int BYTES_OF_FACTOR = 2;
    private static final int BYTES_OF_SUM = 4;

    /** The same grid of blocks with other tiles. */
    SequenceSplit withTile(int warps, int slabsHeld, int pieces) {
        return new SequenceSplit(cell, hidden, units, sequences, parts, exchange, warps, slabsHeld, pieces);
    }

    boolean isForward() {
        return parts == 0;
    }

    String kernel() {
        return isForward() ? "rnn_sequence_forward" : "rnn_sequence_backward";
    }

    /** The kernel's text below {@code kernels/}, without its ending. */
    public String file() {
        return "cuda/" + kernel();
    }

    /** The image below {@code kernels/}. */
    String image() {
        return KernelImages.name(file(), constants());
    }

    /** The constants of the compiler, NAME=value. */
    public String[] constants() {
        String form = "CELL=%s HIDDEN=%d UNITS=%d SEQUENCES=%d " + (isForward() ? "" : "PARTS=" + parts + " ");
        String grid = String.format(Locale.ROOT, form, cell, hidden, units, sequences);
        String tile = String.format(
                Locale.ROOT,
                "EXCHANGE=%d ROW_WARPS=%d HELD=%d CHUNKS=%d SHARED=%d",
                exchange.number(),
                rowWarps,
                held,
                chunks,
                sharedBytes());
        return (grid + tile).split(" ");
    }

    /** Rows of a block's tile. */
    int rows() {
        return units * (isForward() ? cell.gates() : parts);
    }

    /** Columns of a block's tile. */
    int depth() {
        return isForward() ? hidden : cell.gates() * hidden / parts;
    }

    int depthWarps() {
        return WARPS / rowWarps;
    }

    /** Slabs of 32 of a warp's share of the depth. */
    int slabs() {
        return depth() / SLAB / depthWarps();
    }

    /** Tiles of 16 rows of a warp. */
    int rowTiles() {
        return rows() / 16 / rowWarps;
    }

    /** Blocks of one group of sequences. */
    int blocks() {
        return hidden / units;
    }

    /** Groups of sequences. */
    int groups(int batch) {
        return (batch + sequences - 1) / sequences;
    }

    /** Units and sequences that a thread computes the cell of. */
    int pairs() {
        return (units * sequences + THREADS - 1) / THREADS;
    }

    /** Bytes of shared memory. */
    int sharedBytes() {
        int kept = WARPS * (slabs() - held) * rowTiles() * BYTES_OF_FRAGMENT;
        int columns = depth() / chunks;
        int stride = columns + (columns % 64 == 0 ? 32 : 0);
        int staged = sequences * stride * BYTES_OF_FACTOR;
        int sums = depthWarps() * sequences * (rows() + 4) * BYTES_OF_SUM;
        int given = parts * sequences * units * BYTES_OF_SUM;
        return kept
                + switch (exchange) {
                    case FLAGS, SHOWN -> Math.max(Math.min(chunks, 2) * staged, sums);
                    case CLUSTER -> isForward() ? 2 * staged + sums : Math.max(staged, sums) + 2 * given;
                    case MIXED -> Math.max(Math.min(chunks, 2) * staged, sums) + given;
                };
    }

    /** Which blocks wait for each other: where a group is a cluster nothing else of the GPU has to be free. */
    CooperativeKernel.Waiting waiting() {
        return switch (exchange) {
            case FLAGS, SHOWN -> CooperativeKernel.Waiting.ALL;
            case CLUSTER -> new CooperativeKernel.Waiting(blocks(), false);
            case MIXED -> new CooperativeKernel.Waiting(parts, true);
        };
    }

    /** Whether backward a block needs no other's gate gradients. */
    boolean keepsGates() {
        return !isForward() && rows() == hidden;
    }

    /** Flags of the blocks of all groups; backward there are two each. */
    long flags(int batch) {
        return !exchange.hasFlags() ? 0 : (isForward() ? 1L : 2L) * groups(batch) * blocks();
    }

    /** Floats that the blocks of all groups exchange besides gate gradients: two sets of partial sums. */
    long partials(int batch) {
        return parts <= 1 || exchange.hasClusters() ? 0 : 2L * groups(batch) * blocks() * sequences * rows();
    }

    /** Whether the tile divides evenly, as the kernels ask. */
    boolean isEven() {
        int share = isForward() ? 1 : parts;
        return hidden % (units * share) == 0
                && blocks() <= THREADS
                && rows() % (16 * rowWarps) == 0
                && depth() % (SLAB * depthWarps()) == 0
                && slabs() % chunks == 0
                && depth() / chunks / 8 <= THREADS
                && held <= slabs()
                && (chunks == 1 || !keepsGates() && exchange.hasFlags())
                && suitsExchange();
    }

    private boolean suitsExchange() {
        return switch (exchange) {
            case FLAGS -> true;
            case SHOWN -> isForward();
            case CLUSTER -> waiting().isCluster() && (isForward() || keepsGates());
            case MIXED -> waiting().isCluster() && !isForward() && !keepsGates();
        };
    }

    @Override
    public String toString() {
        String columns = parts == 1 ? " in one column" : " in %d columns".formatted(parts);
        return "%s of %d sequences, %d units a block%s%s"
                .formatted(
                        isForward() ? "groups" : "backward groups",
                        sequences,
                        units,
                        isForward() ? "" : columns,
                        exchange.text());
    }
}
