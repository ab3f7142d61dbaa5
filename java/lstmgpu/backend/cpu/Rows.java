package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RowsSpec;

/** Which rows of tables the sequences of a batch read. One thread does it: there are few numbers. */
final class Rows {
    private CpuBuffer starts;
    private CpuBuffer lengths;
    private CpuBuffer order;

    Rows of(DeviceBuffer begins, DeviceBuffer sizes, DeviceBuffer epoch) {
        starts = CpuArguments.ints(begins, 1, "starts");
        lengths = CpuArguments.ints(sizes, starts.length(), "lengths");
        order = CpuArguments.ints(epoch, 1, "order");
        return this;
    }

    void gather(RowsSpec spec, int epochStep, DeviceBuffer rows, DeviceBuffer ends, DeviceBuffer chosen) {
        int sequences = spec.sequences();
        CpuArguments.ints(order, spec.share().all(), "order");
        long n = Math.multiplyExact((long) spec.steps(), (long) sequences);
        CpuBuffer places = CpuArguments.ints(rows, n, "rows");
        CpuBuffer ownEnds = CpuArguments.ints(ends, sequences, "ends");
        CpuBuffer numbers = CpuArguments.ints(chosen, sequences, "chosen");
        for (int b = 0; b < sequences; b++) {
            int s = sequence(
                    (long) epochStep * spec.share().all() + spec.share().first() + b);
            int end = Math.min(lengths.getInt(s), spec.steps());
            int start = start(s, end);
            for (int t = 0; t < spec.steps(); t++) {
                places.setInt((long) t * sequences + b, t < end ? start + t : 0);
            }
            ownEnds.setInt(b, end);
            numbers.setInt(b, s);
        }
    }

    private int sequence(long place) {
        if (place >= order.length()) {
            throw new IllegalArgumentException("the order has " + order.length() + " places, not place " + place);
        }
        int s = order.getInt(place);
        if (s < 0 || s >= starts.length()) {
            throw new IllegalArgumentException("sequence " + s + " is outside [0, " + starts.length() + ")");
        }
        return s;
    }

    private int start(int s, int end) {
        int start = starts.getInt(s);
        if (end < 1 || start < 0 || start > Integer.MAX_VALUE - end + 1) {
            throw new IllegalArgumentException(
                    "sequence %d has no rows: it begins at %d and has %d".formatted(s, start, lengths.getInt(s)));
        }
        return start;
    }

    /** out[n] = table[rows[n]]. */
    static void take(DeviceBuffer table, DeviceBuffer rows, DeviceBuffer out) {
        CpuBuffer numbers = CpuArguments.ints(table, 1, "table");
        CpuBuffer from = CpuArguments.ints(rows, 1, "rows");
        CpuBuffer to = CpuArguments.ints(out, from.length(), "out");
        for (long n = 0; n < from.length(); n++) {
            int row = from.getInt(n);
            if (row < 0 || row >= numbers.length()) {
                throw new IllegalArgumentException("row " + row + " is outside [0, " + numbers.length() + ")");
            }
            to.setInt(n, numbers.getInt(row));
        }
    }
}
