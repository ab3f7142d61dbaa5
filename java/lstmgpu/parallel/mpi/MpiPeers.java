package lstmgpu.parallel.mpi;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.parallel.Peers;

/**
 * Processes that add up by MPI what their devices have computed, through the memory of their hosts. One that hangs is
 * noticed: the others wait for it for twenty seconds, or twenty times as long as a step takes.
 */
class MpiPeers implements Peers {
    private static final double SHORTEST_LIMIT = 20;
    private static final double STEPS_WAITED = 20;
    private static final double NANOS = 1e-9;

    private final MpiBridge bridge;
    private final int size;
    private final int rank;
    private final Backend backend;

    /** As long as what is summed up on the device, which is the same buffer every time. */
    private float[] host = {};

    private MemorySegment wire = MemorySegment.NULL;
    private long summed;
    private double stepSeconds = Double.POSITIVE_INFINITY;

    MpiPeers(MpiBridge bridge, int size, int rank, Backend backend) {
        this.bridge = bridge;
        this.size = size;
        this.rank = rank;
        this.backend = backend;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public void sum(DeviceBuffer values) {
        int length = Math.toIntExact(values.length());
        if (host.length != length) {
            host = new float[length];
            wire = Arena.ofAuto().allocate(JAVA_FLOAT, length);
        }
        backend.download(values, host);
        if (summed != 0) {
            stepSeconds = Math.min(stepSeconds, (System.nanoTime() - summed) * NANOS);
        }
        MemorySegment.copy(host, 0, wire, JAVA_FLOAT, 0, length);
        bridge.sum(wire, limit());
        MemorySegment.copy(wire, JAVA_FLOAT, 0, host, 0, length);
        backend.upload(host, values);
        summed = System.nanoTime();
    }

    /** None before the second step: until then each prepares what may take another one longer. */
    double limit() {
        return Double.isInfinite(stepSeconds) ? 0 : Math.max(SHORTEST_LIMIT, STEPS_WAITED * stepSeconds);
    }

    @Override
    public void sum(double[] values) {
        bridge.sum(values, size, limit());
    }

    @Override
    public boolean agree(boolean own) {
        double[] votes = {own ? 1 : 0};
        sum(votes);
        return votes[0] > 0;
    }

    @Override
    public void meet() {
        bridge.sum(new double[1], size, 0);
    }

    @Override
    public float[][] gather(float[] own) {
        double[] counts = new double[size];
        counts[rank] = own.length;
        sum(counts);
        int[] lengths = Arrays.stream(counts).mapToInt(count -> (int) count).toArray();
        int total = Arrays.stream(lengths).reduce(0, Math::addExact);
        float[] all = bridge.gather(own, lengths, total, limit());
        float[][] pieces = new float[size][];
        int from = 0;
        for (int piece = 0; piece < size; piece++) {
            pieces[piece] = Arrays.copyOfRange(all, from, from + lengths[piece]);
            from += lengths[piece];
        }
        return pieces;
    }
}
