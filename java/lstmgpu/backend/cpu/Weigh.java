package lstmgpu.backend.cpu;

import java.util.Arrays;

/** Rows times their weights; a worker does some of the rows. */
final class Weigh implements WorkerPool.Task {
    private CpuBuffer x;
    private CpuBuffer weights;
    private int rows;
    private int width;

    Weigh of(CpuBuffer values, CpuBuffer factors, int columns) {
        x = values;
        weights = factors;
        rows = Math.toIntExact(factors.length());
        width = columns;
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] row = worker.tile(0, width);
        for (int r = worker.from(rows, 1); r < worker.to(rows, 1); r++) {
            float weight = weights.getFloat(r);
            long at = (long) r * width;
            if (weight == 1) {
                continue;
            }
            if (weight == 0) {
                Arrays.fill(row, 0, width, 0);
            } else {
                x.read(at, row, 0, width);
                VectorMath.scale(row, weight, width);
            }
            x.write(row, 0, at, width);
        }
    }
}
