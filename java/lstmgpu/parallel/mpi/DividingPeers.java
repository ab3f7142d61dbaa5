package lstmgpu.parallel.mpi;

import lstmgpu.parallel.Wire;

/** Processes of which each does a piece of work, and then waits for the others as long as such a piece may take. */
final class DividingPeers extends MpiPeers {
    private static final double SHORTEST_LIMIT = 60;
    private static final double PIECES_WAITED = 20;
    private static final double NANOS = 1e-9;

    private long asked = System.nanoTime();
    private double longest;

    DividingPeers(MpiBridge bridge, int size, int rank) {
        super(bridge, size, rank, null, Wire.FP32);
    }

    @Override
    double limit() {
        long now = System.nanoTime();
        longest = Math.max(longest, (now - asked) * NANOS);
        asked = now;
        return Math.max(SHORTEST_LIMIT, PIECES_WAITED * longest);
    }
}
