package lstmgpu.backend.cpu;

import java.util.Arrays;
import lstmgpu.backend.DeviceBuffer;

/**
 * Sequences from their ends, and two directions side by side; a worker does some of the rows, which are the sequences
 * of all steps.
 */
final class Directions implements WorkerPool.Task {
    private enum Way {
        REVERSE,
        ADD,
        JOIN,
        SPLIT
    }

    private final SequenceLengths lengths = new SequenceLengths();
    private Way way;
    private int rows;
    private int sequences;
    private int width;
    private CpuBuffer forward;
    private CpuBuffer backward;
    private CpuBuffer both;

    private void shape(DeviceBuffer ends, int steps, int count, int units) {
        CpuArguments.shape(steps, count, units);
        lengths.of(ends, count, steps, 0);
        rows = Math.multiplyExact(steps, count);
        sequences = count;
        width = units;
    }

    Directions reverse(
            DeviceBuffer x, DeviceBuffer ends, int steps, int count, int units, boolean add, DeviceBuffer y) {
        shape(ends, steps, count, units);
        way = add ? Way.ADD : Way.REVERSE;
        forward = CpuArguments.floats(x, (long) rows * units, "x");
        backward = CpuArguments.floats(y, (long) rows * units, "y");
        return this;
    }

    Directions join(
            DeviceBuffer f, DeviceBuffer r, DeviceBuffer ends, int steps, int count, int units, DeviceBuffer y) {
        return pair(Way.JOIN, f, r, ends, steps, count, units, y);
    }

    Directions split(
            DeviceBuffer dy, DeviceBuffer ends, int steps, int count, int units, DeviceBuffer df, DeviceBuffer dr) {
        return pair(Way.SPLIT, df, dr, ends, steps, count, units, dy);
    }

    private Directions pair(
            Way which,
            DeviceBuffer f,
            DeviceBuffer r,
            DeviceBuffer ends,
            int steps,
            int count,
            int units,
            DeviceBuffer y) {
        shape(ends, steps, count, units);
        way = which;
        forward = CpuArguments.floats(f, (long) rows * units, "the forward direction");
        backward = CpuArguments.floats(r, (long) rows * units, "the backward direction");
        both = CpuArguments.floats(y, 2L * rows * units, "both directions");
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] zeros = worker.tile(0, 2 * width);
        Arrays.fill(zeros, 0, 2 * width, 0);
        for (int row = worker.from(rows, 1); row < worker.to(rows, 1); row++) {
            int sequence = row % sequences;
            int opposite = lengths.get(sequence) - 1 - row / sequences;
            if (opposite >= 0) {
                copy(row, opposite * sequences + sequence, worker);
            } else {
                clear(row, zeros);
            }
        }
    }

    private void copy(long row, long opposite, Worker worker) {
        switch (way) {
            case REVERSE -> forward.copyTo(opposite * width, backward, row * width, width);
            case ADD -> add(row * width, opposite * width, worker.tile(1, width), worker.tile(2, width));
            case JOIN -> {
                forward.copyTo(row * width, both, 2 * row * width, width);
                backward.copyTo(opposite * width, both, 2 * row * width + width, width);
            }
            case SPLIT -> {
                both.copyTo(2 * row * width, forward, row * width, width);
                both.copyTo(2 * opposite * width + width, backward, row * width, width);
            }
        }
    }

    private void add(long to, long from, float[] sum, float[] term) {
        backward.read(to, sum, 0, width);
        forward.read(from, term, 0, width);
        VectorMath.add(sum, term, width);
        backward.write(sum, 0, to, width);
    }

    private void clear(long row, float[] zeros) {
        switch (way) {
            case ADD -> {}
            case REVERSE -> backward.write(zeros, 0, row * width, width);
            case JOIN -> both.write(zeros, 0, 2 * row * width, 2 * width);
            case SPLIT -> {
                forward.write(zeros, 0, row * width, width);
                backward.write(zeros, 0, row * width, width);
            }
        }
    }
}
