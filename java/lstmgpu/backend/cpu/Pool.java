package lstmgpu.backend.cpu;

import java.util.Arrays;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Pooling;

/** A sequence's vector out of its steps', and the gradient of that; a worker does some of the columns of [B,H]. */
final class Pool implements WorkerPool.Task {
    private static final int COLUMNS = 16;

    private final SequenceLengths lengths = new SequenceLengths();
    private Pooling pooling;
    private int steps;
    private int units;
    private int width;
    private CpuBuffer y;
    private CpuBuffer vectors;
    private CpuBuffer dy;

    private Pool shape(Pooling which, DeviceBuffer ends, int most, int sequences, int hidden) {
        CpuArguments.shape(most, sequences, hidden);
        lengths.of(ends, sequences, most, 1);
        pooling = which;
        steps = most;
        units = Math.multiplyExact(sequences, hidden);
        width = hidden;
        return this;
    }

    Pool forward(
            Pooling which, DeviceBuffer in, DeviceBuffer ends, int most, int sequences, int hidden, DeviceBuffer out) {
        shape(which, ends, most, sequences, hidden);
        y = CpuArguments.floats(in, (long) steps * units, "y");
        vectors = CpuArguments.floats(out, units, "out");
        dy = null;
        return this;
    }

    Pool backward(
            Pooling which,
            DeviceBuffer slopes,
            DeviceBuffer in,
            DeviceBuffer ends,
            int most,
            int sequences,
            int hidden,
            DeviceBuffer out) {
        shape(which, ends, most, sequences, hidden);
        vectors = CpuArguments.floats(slopes, units, "dOut");
        y = which == Pooling.MAX ? CpuArguments.floats(in, (long) steps * units, "y") : null;
        dy = CpuArguments.floats(out, (long) steps * units, "dy");
        return this;
    }

    /** Takes the columns in pieces that lie in one sequence and in a tile. */
    @Override
    public void run(Worker worker) {
        int end = worker.to(units, COLUMNS);
        int n;
        for (int at = worker.from(units, COLUMNS); at < end; at += n) {
            int sequence = at / width;
            n = Math.min(Worker.TILE, Math.min(end, (sequence + 1) * width) - at);
            int length = lengths.get(sequence);
            if (dy == null) {
                pool(at, n, length, worker);
            } else {
                spread(at, n, length, worker);
            }
        }
    }

    private void pool(int at, int n, int length, Worker worker) {
        float[] values = worker.tile(0, Worker.TILE);
        switch (pooling) {
            case LAST -> y.read((length - 1L) * units + at, values, 0, n);
            case MEAN -> mean(at, n, length, values, worker.sums(Worker.TILE));
            case MAX -> largest(at, n, length, values, worker);
        }
        vectors.write(values, 0, at, n);
    }

    private void mean(int at, int n, int length, float[] values, double[] sums) {
        Arrays.fill(sums, 0, n, 0);
        for (int t = 0; t < length; t++) {
            y.read((long) t * units + at, values, 0, n);
            for (int i = 0; i < n; i++) {
                sums[i] += values[i];
            }
        }
        for (int i = 0; i < n; i++) {
            values[i] = (float) (sums[i] / length);
        }
    }

    /** Largest values, and the steps at which they stand first; what is no number is larger than all. */
    private int[] largest(int at, int n, int length, float[] most, Worker worker) {
        float[] values = worker.tile(1, Worker.TILE);
        int[] places = worker.intTile(0, Worker.TILE);
        Arrays.fill(places, 0, n, 0);
        y.read(at, most, 0, n);
        for (int t = 1; t < length; t++) {
            y.read((long) t * units + at, values, 0, n);
            for (int i = 0; i < n; i++) {
                if (values[i] > most[i] || Float.isNaN(values[i]) && !Float.isNaN(most[i])) {
                    most[i] = values[i];
                    places[i] = t;
                }
            }
        }
        return places;
    }

    private void spread(int at, int n, int length, Worker worker) {
        float[] row = worker.tile(0, Worker.TILE);
        int[] places = pooling == Pooling.MAX ? largest(at, n, length, row, worker) : null;
        float[] slopes = worker.tile(1, Worker.TILE);
        vectors.read(at, slopes, 0, n);
        if (pooling == Pooling.MEAN) {
            for (int i = 0; i < n; i++) {
                slopes[i] /= length;
            }
        }
        for (int t = 0; t < steps; t++) {
            for (int i = 0; i < n; i++) {
                boolean takes =
                        switch (pooling) {
                            case LAST -> t == length - 1;
                            case MEAN -> t < length;
                            case MAX -> t == places[i];
                        };
                row[i] = takes ? slopes[i] : 0;
            }
            dy.write(row, 0, (long) t * units + at, n);
        }
    }
}
