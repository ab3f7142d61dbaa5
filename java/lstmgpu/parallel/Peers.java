package lstmgpu.parallel;

import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.DeviceBuffer;

/**
 * The processes that train one network together. Each computes the gradients of its share of every batch, they are
 * added up, and each takes the same step. What all call they call in the same order.
 */
public interface Peers {
    /** A process by itself. */
    Peers ALONE = new Peers() {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public boolean withinSteps(Backend backend) {
            return true;
        }

        @Override
        public long leastElements() {
            return Long.MAX_VALUE;
        }

        @Override
        public void begin(DeviceBuffer values) {}

        @Override
        public void end() {}

        @Override
        public void abandon() {}

        @Override
        public void await() {}

        @Override
        public void sum(double[] values) {}

        @Override
        public boolean[] votes(boolean... own) {
            return own;
        }

        @Override
        public void meet() {}

        @Override
        public float[][] gather(float[] own) {
            return new float[][] {own};
        }
    };

    /** How many there are. */
    int size();

    /** This one's number, from 0. */
    int rank();

    /**
     * Whether {@link #begin} and {@link #end} may be called in a captured step of this backend; otherwise they come
     * between two.
     */
    boolean withinSteps(Backend backend);

    /** Elements below which {@link #begin} costs more than it gains by being early. */
    long leastElements();

    /**
     * Begins to replace every element of a FLOAT32 buffer by its sum over all processes, the same bits in each of them;
     * all call it with as many elements. It comes after the operations that the backend was given before it, and none
     * touches these elements until {@link #end}.
     */
    void begin(DeviceBuffer values);

    /** Ends the sums that were begun: the operations after it see them. */
    void end();

    /**
     * After a failure: nothing writes into what was begun any more, whose memory may then go. The others are lost;
     * nothing is asked of them again.
     */
    void abandon();

    /**
     * Waits until the device has done its work, sums included.
     *
     * @throws LstmGpuException with exit code 1 if another process is lost
     */
    void await();

    /** Replaces every number by its sum over all processes, the same bits in each of them; all call it. */
    void sum(double[] values);

    /** Of each question whether any process says yes; all call it with as many. */
    default boolean[] votes(boolean... own) {
        double[] votes = new double[own.length];
        for (int i = 0; i < own.length; i++) {
            votes[i] = own[i] ? 1 : 0;
        }
        sum(votes);
        boolean[] any = new boolean[own.length];
        for (int i = 0; i < own.length; i++) {
            any[i] = votes[i] > 0;
        }
        return any;
    }

    /** Whether any process says so; all call it. */
    default boolean agree(boolean own) {
        return votes(own)[0];
    }

    /**
     * Waits for all of them, however long one is busy; all call it. Whatever else all call they come to at about the
     * same time, and a process that is missing there for long may be taken for lost.
     */
    void meet();

    /** What each process has, by its number; all call it, and each may bring as much as it likes. */
    float[][] gather(float[] own);

    /** The first process's number, by which all decide; all call it. */
    default double ofFirst(double own) {
        double[] first = {rank() == 0 ? own : 0};
        sum(first);
        return first[0];
    }

    /**
     * Which sequences of a batch this process computes.
     *
     * @throws LstmGpuException with exit code 2 if there are fewer sequences than processes
     */
    default BatchShare share(int batch) {
        if (batch < size()) {
            throw LstmGpuException.usage(
                    "--batch-size %d leaves some of %d processes without a sequence; make it %d or more",
                    batch, size(), size());
        }
        return new BatchShare(first(batch, rank()), batch);
    }

    /** How many sequences of a batch this process computes; as many as another one, or one more. */
    default int sequences(int batch) {
        return first(batch, rank() + 1) - first(batch, rank());
    }

    private int first(int batch, int rank) {
        return (int) ((long) batch * rank / size());
    }
}
