package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Σ x² from the sums of fixed stretches, so that the result does not depend on the number of workers; in native code
 * where there is some for this processor.
 */
final class SumOfSquares implements WorkerPool.Task {
    private CpuBuffer x;
    /** The sums of the stretches, in float64. */
    private MemorySegment partial = MemorySegment.NULL;

    SumOfSquares of(CpuBuffer input) {
        x = input;
        long bytes = Math.multiplyExact(tiles(), JAVA_DOUBLE.byteSize());
        if (partial.byteSize() < bytes) {
            partial = Arena.ofAuto().allocate(bytes, JAVA_DOUBLE.byteAlignment());
        }
        return this;
    }

    private long tiles() {
        return (x.length() + Worker.TILE - 1) / Worker.TILE;
    }

    @Override
    public void run(Worker worker) {
        long from = worker.from(x.length());
        long to = worker.to(x.length());
        if (NativeOptimizerPass.runsHere()) {
            NativeOptimizerPass.squares(x, from, to - from, partial);
        } else {
            byTiles(worker, from, to);
        }
    }

    /** Loops over heap tiles for the numbers in [from, to). */
    void byTiles(Worker worker, long from, long to) {
        float[] values = worker.tile(0, Worker.TILE);
        for (long at = from; at < to; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, to - at);
            x.read(at, values, 0, n);
            partial.setAtIndex(JAVA_DOUBLE, at / Worker.TILE, squares(values, n));
        }
    }

    private static double squares(float[] values, int n) {
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            even += (double) values[i] * values[i];
            odd += (double) values[i + 1] * values[i + 1];
        }
        return i < n ? even + odd + (double) values[i] * values[i] : even + odd;
    }

    double total() {
        double sum = 0;
        long tiles = tiles();
        for (long tile = 0; tile < tiles; tile++) {
            sum += partial.getAtIndex(JAVA_DOUBLE, tile);
        }
        return sum;
    }
}
