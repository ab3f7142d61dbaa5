package lstmgpu.bench;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.parallel.Peers;

/**
 * Times training steps that several processes take together, the all-reduce in them, and what one process by itself
 * does while the others wait; all peers call it.
 */
public final class SharedBench {
    private static final int WARM_UP_CALLS = 3;
    private static final int FEWEST = 5;
    private static final int MOST = 200;
    private static final double MILLIS = 1e-6;

    private final Backend backend;
    private final Peers peers;
    private final BenchVariant variant;
    private final double seconds;

    /**
     * A line of the table.
     *
     * @param what was timed: all-reduce or train-step
     * @param processes that did it, and how many threads each had, 0 where that does not matter
     * @param shape the whole batch's; null for an all-reduce of some size
     * @param bytes that were added up, of each process; 0 where one did all
     * @param efficiency tokens a second against as many times those of one process on the same threads; 0 where that
     *     is not asked
     */
    public record Row(
            String what, int processes, int threads, BenchShape shape, long bytes, Timing timing, double efficiency) {
        /** Trained on; 0 for an all-reduce. */
        public double tokensPerSecond() {
            return what.equals(STEP) ? shape.tokens() / timing.median() * 1e3 : 0;
        }

        /** Bytes of each process a second; 0 for a step. */
        public double gigabytesPerSecond() {
            return what.equals(STEP) ? 0 : bytes / timing.median() * MILLIS;
        }
    }

    private static final String STEP = "train-step";
    private static final String SUM = "all-reduce";

    /** @param seconds to measure each row for */
    public SharedBench(Backend backend, Peers peers, BenchVariant variant, double seconds) {
        this.backend = backend;
        this.peers = peers;
        this.variant = variant;
        this.seconds = seconds;
    }

    /** An all-reduce of so many bytes. */
    public void sum(long bytes, Consumer<Row> sink) {
        sink.accept(sum(null, bytes));
    }

    /**
     * The all-reduce of a shape's gradients, a step of all, and one of the first process by itself: with the threads
     * that it has, and with all cores of its host.
     *
     * @param threads of each process on the CPU; 0 on a GPU
     * @param allCores opens the CPU with all of them; null where there is no such way
     */
    public void step(BenchShape shape, int threads, Supplier<Backend> allCores, Consumer<Row> sink) {
        sink.accept(sum(shape, Float.BYTES * shape.parameters()));
        Timing together;
        try (BenchTraining training = training(backend, shape, peers)) {
            together = timed(peers, backend, training.step()::run);
        }
        if (peers.rank() == 0) {
            Timing one = alone(backend, shape);
            double efficiency = one.median() / (peers.size() * together.median());
            long bytes = Float.BYTES * shape.parameters();
            sink.accept(new Row(STEP, peers.size(), threads, shape, bytes, together, efficiency));
            sink.accept(new Row(STEP, 1, threads, shape, 0, one, 0));
            if (allCores != null) {
                try (Backend whole = allCores.get()) {
                    sink.accept(new Row(STEP, 1, threads * peers.size(), shape, 0, alone(whole, shape), 0));
                }
            }
        }
        peers.meet();
    }

    private Timing alone(Backend on, BenchShape shape) {
        try (BenchTraining training = training(on, shape, Peers.ALONE)) {
            return timed(Peers.ALONE, on, training.step()::run);
        }
    }

    private BenchTraining training(Backend on, BenchShape shape, Peers together) {
        return new BenchTraining(BenchRun.newModel(on, variant, shape), shape, OptimizerSpec.Kind.ADAM, together);
    }

    private Row sum(BenchShape shape, long bytes) {
        try (DeviceBuffer values = backend.alloc(ElementType.FLOAT32, bytes / Float.BYTES)) {
            Runnable sum = () -> {
                peers.begin(values);
                peers.end();
            };
            return new Row(SUM, peers.size(), 0, shape, bytes, timed(peers, backend, sum), 0);
        }
    }

    /** Waits for what was begun, and no longer for a process that is lost. */
    private static void finish(Peers together, Backend on) {
        together.await();
        on.synchronize();
    }

    /** As many times as the first process says. */
    private Timing timed(Peers together, Backend on, Runnable work) {
        long start = 0;
        for (int i = 0; i < WARM_UP_CALLS; i++) {
            start = System.nanoTime();
            work.run();
            finish(together, on);
        }
        double once = (System.nanoTime() - start) * 1e-9;
        int count = (int) together.ofFirst(Math.clamp(Math.round(seconds / once), FEWEST, MOST));
        double[] milliseconds = new double[count];
        for (int i = 0; i < count; i++) {
            long begun = System.nanoTime();
            work.run();
            finish(together, on);
            milliseconds[i] = (System.nanoTime() - begun) * MILLIS;
        }
        Arrays.sort(milliseconds);
        return new Timing(milliseconds[count / 2], milliseconds[0], milliseconds[count - 1]);
    }
}
