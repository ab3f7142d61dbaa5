package lstmgpu.parallel.mpi;

import java.util.IdentityHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.cuda.nccl.NcclCommunicator;
import lstmgpu.backend.cuda.nccl.RoundedSum;
import lstmgpu.parallel.Exchange;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.Wire;

/**
 * Processes whose gradients NCCL adds up on their GPUs, in the second queue and as part of a recorded step; what is on
 * the host goes through MPI. A thread of its own sees to it that nobody waits on the GPU for a process that is lost.
 */
final class NcclPeers implements Peers, AutoCloseable {
    private static final long LEAST_ELEMENTS = 1 << 16;
    private static final double SHORTEST_LIMIT = 20;
    private static final double WAITS_WAITED = 4;
    private static final double NANOS = 1e-9;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final MpiPeers host;
    private final Backend backend;
    private final CudaDevice device;
    private final Wire wire;
    private final NcclCommunicator ranks;
    private final IdentityHashMap<DeviceBuffer, RoundedSum> rounded = new IdentityHashMap<>();
    private volatile long waitingSince;
    private volatile double longestWait = Double.POSITIVE_INFINITY;
    private volatile String lost;
    private volatile boolean closed;

    /** All call it; it ends with the device. */
    NcclPeers(MpiPeers host, Backend backend, CudaDevice device, CudaLibrary library, Wire wire) {
        this.host = host;
        this.backend = backend;
        this.device = device;
        this.wire = wire;
        byte[] own = host.rank() == 0 ? NcclCommunicator.newId(device, library) : new byte[0];
        byte[] id = Exchange.bytes(host, own).getFirst();
        this.ranks = new NcclCommunicator(device, library, host.size(), host.rank(), id);
        device.onClose(this::close);
        Thread.ofPlatform().daemon().name("nccl-watch").start(this::watch);
    }

    @Override
    public int size() {
        return host.size();
    }

    @Override
    public int rank() {
        return host.rank();
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean withinSteps(Backend capturing) {
        return capturing == backend;
    }

    @Override
    public long leastElements() {
        return LEAST_ELEMENTS;
    }

    @Override
    public void begin(DeviceBuffer values) {
        device.beside();
        try {
            if (wire == Wire.BF16) {
                rounded.computeIfAbsent(values, all -> new RoundedSum(device, ranks, device.own(all)))
                        .put();
            } else if (!device.queues().isRehearsing()) {
                ranks.allReduce(device.own(values));
            }
        } finally {
            device.back();
        }
    }

    @Override
    public void end() {
        device.join();
    }

    @Override
    public void abandon() {
        ranks.abort();
        host.abandon();
    }

    /** What was begun has ended, or another process is lost. */
    private void settle() {
        waitingSince = System.nanoTime();
        try {
            device.synchronize();
        } finally {
            waitingSince = 0;
        }
        requireAll();
    }

    @Override
    public void await() {
        long begun = System.nanoTime();
        settle();
        double waited = (System.nanoTime() - begun) * NANOS;
        longestWait = Double.isInfinite(longestWait) ? waited : Math.max(longestWait, waited);
        host.inStep();
    }

    private void requireAll() {
        String problem = lost == null ? ranks.problem() : lost;
        if (problem != null) {
            throw new LstmGpuException(
                    ExitCode.FAILED,
                    ("the GPUs' sums of gradients failed (NCCL: %s); see to the other processes and their machines,"
                                    + " then go on from the newest checkpoint with --resume")
                            .formatted(problem));
        }
    }

    private void watch() {
        while (!closed && lost == null) {
            LockSupport.parkNanos(LOOK_NANOS);
            String problem = ranks.problem();
            long since = waitingSince;
            double limit = Math.max(SHORTEST_LIMIT, WAITS_WAITED * longestWait);
            if (problem == null && since != 0 && (System.nanoTime() - since) * NANOS > limit) {
                problem = "another process does not come";
            }
            if (problem != null && !closed) {
                lost = problem;
                ranks.abort();
            }
        }
    }

    @Override
    public void sum(double[] values) {
        onHost(() -> {
            host.sum(values);
            return null;
        });
    }

    /** This process's part of what others still wait for on their GPUs comes first. */
    @Override
    public void meet() {
        settle();
        onHost(() -> {
            host.meet();
            return null;
        });
    }

    @Override
    public float[][] gather(float[] own) {
        return onHost(() -> host.gather(own));
    }

    /** Whoever misses another process there would wait for its sums for ever when the device is closed. */
    private <T> T onHost(Supplier<T> call) {
        try {
            return call.get();
        } catch (LstmGpuException failure) {
            ranks.abort();
            throw failure;
        }
    }

    @Override
    public void close() {
        closed = true;
        ranks.close();
    }
}
