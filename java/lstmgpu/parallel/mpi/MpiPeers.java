package lstmgpu.parallel.mpi;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.Wire;

/**
 * Processes that add up by MPI what their devices have computed, through the memory of their hosts. One that hangs is
 * noticed: the others wait for it for twenty seconds, or twenty times as long as a step takes.
 */
class MpiPeers implements Peers {
    private static final double SHORTEST_LIMIT = 20;
    private static final double STEPS_WAITED = 20;
    private static final double NANOS = 1e-9;

    /** What takes longer to send than to say that it is there. */
    private static final long LEAST_ELEMENTS = 1 << 14;

    /** What a device keeps elsewhere, and its copy in the memory of the host. */
    private static final class Copied {
        final DeviceBuffer values;
        private final float[] host;
        private final MemorySegment sent;

        Copied(DeviceBuffer values) {
            this.values = values;
            this.host = new float[Math.toIntExact(values.length())];
            this.sent = Arena.ofAuto().allocate(JAVA_FLOAT, host.length);
        }

        MemorySegment download(Backend backend) {
            backend.download(values, host);
            MemorySegment.copy(host, 0, sent, JAVA_FLOAT, 0, host.length);
            return sent;
        }

        void upload(Backend backend) {
            MemorySegment.copy(sent, JAVA_FLOAT, 0, host, 0, host.length);
            backend.upload(host, values);
        }
    }

    private final MpiBridge bridge;
    private final int size;
    private final int rank;
    private final Backend backend;
    private final boolean inHostMemory;
    private final Wire wire;

    private final List<Copied> copied = new ArrayList<>();
    private int begun;
    private long ended;
    private double stepSeconds = Double.POSITIVE_INFINITY;

    /** @param backend on which the others' sums are needed; null where nothing lies on a device */
    MpiPeers(MpiBridge bridge, int size, int rank, Backend backend, Wire wire) {
        this.bridge = bridge;
        this.size = size;
        this.rank = rank;
        this.backend = backend;
        this.wire = wire;
        this.inHostMemory = backend != null && inHostMemory(backend);
    }

    private static boolean inHostMemory(Backend backend) {
        try (DeviceBuffer any = backend.alloc(ElementType.FLOAT32, 1)) {
            return backend.hostMemory(any) != null;
        }
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
    @SuppressWarnings("ReferenceEquality")
    public boolean withinSteps(Backend capturing) {
        return inHostMemory && capturing == backend;
    }

    @Override
    public long leastElements() {
        return LEAST_ELEMENTS;
    }

    @Override
    public void begin(DeviceBuffer values) {
        MemorySegment memory = backend.hostMemory(values);
        if (memory == null) {
            memory = copied(values).download(backend);
        }
        bridge.begin(memory, wire, limit());
    }

    /** The same buffers come in the same order at every step. */
    @SuppressWarnings("ReferenceEquality")
    private Copied copied(DeviceBuffer values) {
        if (begun == copied.size() || copied.get(begun).values != values) {
            copied.subList(begun, copied.size()).clear();
            copied.add(new Copied(values));
        }
        return copied.get(begun++);
    }

    @Override
    public void end() {
        bridge.end();
        for (int number = 0; number < begun; number++) {
            copied.get(number).upload(backend);
        }
        begun = 0;
        long now = System.nanoTime();
        if (ended != 0) {
            stepSeconds = Math.min(stepSeconds, (now - ended) * NANOS);
        }
        ended = now;
    }

    @Override
    public void abandon() {
        bridge.abandon();
    }

    /** The sums have ended with their step. */
    @Override
    public void await() {}

    /** Steps are taken elsewhere, and all have done what comes before the first. */
    void inStep() {
        stepSeconds = Math.min(stepSeconds, SHORTEST_LIMIT / STEPS_WAITED);
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
