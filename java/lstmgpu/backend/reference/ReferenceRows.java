package lstmgpu.backend.reference;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RowsSpec;

/** Which rows of tables the sequences of a batch read, every number checked. */
final class ReferenceRows {
    private final ReferenceMemory memory;
    private final ReferenceBuffer starts;
    private final ReferenceBuffer lengths;
    private final ReferenceBuffer order;

    ReferenceRows(ReferenceMemory memory, DeviceBuffer starts, DeviceBuffer lengths, DeviceBuffer order) {
        this.memory = memory;
        this.starts = memory.ints(starts, 1, "starts");
        this.lengths = memory.ints(lengths, starts.length(), "lengths");
        this.order = memory.ints(order, 1, "order");
    }

    void gather(RowsSpec spec, int epochStep, DeviceBuffer rows, DeviceBuffer ends, DeviceBuffer chosen) {
        memory.ints(order, spec.share().all(), "order");
        ReferenceBuffer toRows = memory.ints(rows, (long) spec.steps() * spec.sequences(), "rows");
        ReferenceBuffer toEnds = memory.ints(ends, spec.sequences(), "ends");
        ReferenceBuffer toChosen = memory.ints(chosen, spec.sequences(), "chosen");
        for (int b = 0; b < spec.sequences(); b++) {
            long place = (long) epochStep * spec.share().all() + spec.share().first() + b;
            int s = number(order, place, "order");
            long start = number(starts, s, "starts");
            long length = number(lengths, s, "lengths");
            if (start < 0 || length < 1 || start + length > 1L << 31) {
                throw new IllegalArgumentException("a sequence of " + length + " rows from " + start + " on");
            }
            for (int t = 0; t < spec.steps(); t++) {
                toRows.setInt(t * spec.sequences() + b, t < length ? (int) start + t : 0);
            }
            toEnds.setInt(b, (int) Math.min(length, spec.steps()));
            toChosen.setInt(b, s);
        }
    }

    /** @throws IllegalArgumentException if there is no number at that place */
    static int number(ReferenceBuffer numbers, long place, String name) {
        if (place < 0 || place >= numbers.length()) {
            throw new IllegalArgumentException(name + " has " + numbers.length() + " numbers and none at " + place);
        }
        return numbers.getInt((int) place);
    }
}
