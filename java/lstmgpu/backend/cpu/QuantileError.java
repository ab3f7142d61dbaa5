package lstmgpu.backend.cpu;

/** The error of quantiles and its gradient, in tiles of whole rows. */
final class QuantileError implements WorkerPool.Task {
    private CpuBuffer prediction;
    private CpuBuffer target;
    private CpuBuffer quantiles;
    private float scale;
    private CpuBuffer losses;
    private CpuBuffer dPrediction;
    private int count;

    QuantileError of(CpuBuffer x, CpuBuffer t, CpuBuffer levels, float gradientScale, CpuBuffer out, CpuBuffer slope) {
        prediction = x;
        target = t;
        quantiles = levels;
        scale = gradientScale;
        losses = out;
        dPrediction = slope;
        count = Math.toIntExact(levels.length());
        return this;
    }

    @Override
    public void run(Worker worker) {
        int together = Math.max(1, Worker.TILE / count);
        float[] values = worker.tile(0, together * count);
        float[] slopes = worker.tile(1, together * count);
        float[] wanted = worker.tile(2, together);
        float[] levels = worker.tile(3, count);
        quantiles.read(0, levels, 0, count);
        int rows = Math.toIntExact(target.length());
        int end = worker.to(rows, together);
        for (int row = worker.from(rows, together); row < end; row += together) {
            int n = Math.min(together, end - row);
            target.read(row, wanted, 0, n);
            prediction.read((long) row * count, values, 0, n * count);
            for (int i = 0; i < n; i++) {
                measure(values, i * count, wanted[i], levels, slopes);
            }
            losses.write(values, 0, (long) row * count, n * count);
            if (dPrediction != null) {
                dPrediction.write(slopes, 0, (long) row * count, n * count);
            }
        }
    }

    /** Turns the row's predictions into losses. */
    private void measure(float[] values, int from, float wanted, float[] levels, float[] slopes) {
        for (int k = 0; k < count; k++) {
            float error = wanted - values[from + k];
            float above = levels[k];
            float below = levels[k] - 1;
            values[from + k] = error > 0 ? above * error : below * error;
            // What is neither above nor below is 0 or NaN, and the gradient is the same.
            slopes[from + k] = scale * (error > 0 ? -above : error < 0 ? -below : error);
        }
    }
}
