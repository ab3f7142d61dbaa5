package lstmgpu.backend.cpu;

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

    /** Takes as many rows at once as a tile has room for: a row may be a single number. */
    @Override
    public void run(Worker worker) {
        int most = Math.max(1, Worker.TILE / width);
        float[] factors = worker.tile(0, most);
        float[] values = worker.tile(1, most * width);
        int end = worker.to(rows, 1);
        for (int from = worker.from(rows, 1); from < end; from += most) {
            int some = Math.min(most, end - from);
            weights.read(from, factors, 0, some);
            if (areOnes(factors, some)) {
                continue;
            }
            long at = (long) from * width;
            x.read(at, values, 0, some * width);
            scale(values, factors, some);
            x.write(values, 0, at, some * width);
        }
    }

    private static boolean areOnes(float[] factors, int some) {
        for (int r = 0; r < some; r++) {
            if (factors[r] != 1) {
                return false;
            }
        }
        return true;
    }

    private void scale(float[] values, float[] factors, int some) {
        for (int r = 0; r < some; r++) {
            float factor = factors[r];
            for (int i = r * width; i < (r + 1) * width; i++) {
                values[i] = factor == 0 ? 0 : factor * values[i];
            }
        }
    }
}
