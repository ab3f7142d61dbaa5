package lstmgpu.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;

/** Peers that are threads of one process, each with a backend of its own. */
public final class ThreadPeers implements Peers {
    /** What all share. */
    private static final class Meeting {
        /** Terminated when one has failed: who comes later does not wait for it either. */
        final Phaser barrier;

        final double[][] brought;

        Meeting(int size) {
            barrier = new Phaser(size);
            brought = new double[size][];
        }
    }

    private final Meeting meeting;
    private final int rank;
    private final Backend backend;

    private ThreadPeers(Meeting meeting, int rank, Backend backend) {
        this.meeting = meeting;
        this.rank = rank;
        this.backend = backend;
    }

    /** Runs the same in so many threads; what each of them returns. */
    public static <R> List<R> run(int size, Supplier<Backend> opening, BiFunction<Backend, Peers, R> process) {
        Meeting meeting = new Meeting(size);
        List<R> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
            List<Future<R>> running = new ArrayList<>();
            for (int number = 0; number < size; number++) {
                int rank = number;
                running.add(threads.submit(() -> {
                    try (Backend backend = opening.get()) {
                        ThreadPeers peers = new ThreadPeers(meeting, rank, backend);
                        peers.meet();
                        return process.apply(backend, peers);
                    } catch (RuntimeException | Error failure) {
                        meeting.barrier.forceTermination();
                        throw failure;
                    }
                }));
            }
            for (Future<R> one : running) {
                results.add(one.get());
            }
        } catch (InterruptedException | ExecutionException failure) {
            throw new AssertionError(failure);
        }
        return results;
    }

    /** One of so many, for what is only to know its share: the others never come. */
    public static Peers only(int rank, int size) {
        return new ThreadPeers(new Meeting(size), rank, null);
    }

    @Override
    public int size() {
        return meeting.brought.length;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public boolean withinSteps(Backend capturing) {
        return capturing instanceof CpuBackend || capturing instanceof ReferenceBackend;
    }

    @Override
    public long leastElements() {
        return 1;
    }

    @Override
    public void begin(DeviceBuffer values) {
        int length = Math.toIntExact(values.length());
        if (backend instanceof ReferenceBackend reference) {
            double[] exact = new double[length];
            reference.download(values, exact);
            sum(exact);
            reference.upload(exact, values);
            return;
        }
        float[] own = new float[length];
        backend.download(values, own);
        double[] all = new double[own.length];
        for (int i = 0; i < own.length; i++) {
            all[i] = own[i];
        }
        sum(all);
        for (int i = 0; i < own.length; i++) {
            own[i] = (float) all[i];
        }
        backend.upload(own, values);
    }

    @Override
    public void end() {}

    @Override
    public void abandon() {
        meeting.barrier.forceTermination();
    }

    @Override
    public void await() {}

    @Override
    public void sum(double[] values) {
        meeting.brought[rank] = values.clone();
        meet();
        for (int i = 0; i < values.length; i++) {
            values[i] = 0;
            for (double[] one : meeting.brought) {
                values[i] += one[i];
            }
        }
        meet();
    }

    @Override
    public float[][] gather(float[] own) {
        double[] exact = new double[own.length];
        for (int i = 0; i < own.length; i++) {
            exact[i] = own[i];
        }
        meeting.brought[rank] = exact;
        meet();
        float[][] pieces = new float[size()][];
        for (int piece = 0; piece < pieces.length; piece++) {
            double[] brought = meeting.brought[piece];
            pieces[piece] = new float[brought.length];
            for (int i = 0; i < brought.length; i++) {
                pieces[piece][i] = (float) brought[i];
            }
        }
        meet();
        return pieces;
    }

    @Override
    public void meet() {
        try {
            if (meeting.barrier.awaitAdvanceInterruptibly(meeting.barrier.arrive(), 2, TimeUnit.MINUTES) < 0) {
                throw new IllegalStateException("another process has ended");
            }
        } catch (InterruptedException | TimeoutException failure) {
            throw new IllegalStateException("another process has ended", failure);
        }
    }
}
