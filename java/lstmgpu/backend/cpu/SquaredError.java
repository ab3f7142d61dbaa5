package lstmgpu.backend.cpu;

/** Squared error and its gradient, in tiles. */
final class SquaredError implements WorkerPool.Task {
    private CpuBuffer prediction;
    private CpuBuffer target;
    private float scale;
    private CpuBuffer losses;
    private CpuBuffer dPrediction;

    SquaredError of(CpuBuffer x, CpuBuffer t, float gradientScale, CpuBuffer out, CpuBuffer slope) {
        prediction = x;
        target = t;
        scale = gradientScale;
        losses = out;
        dPrediction = slope;
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] difference = worker.tile(0, Worker.TILE);
        float[] other = worker.tile(1, Worker.TILE);
        long end = worker.to(prediction.length());
        for (long at = worker.from(prediction.length()); at < end; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, end - at);
            prediction.read(at, difference, 0, n);
            target.read(at, other, 0, n);
            for (int i = 0; i < n; i++) {
                difference[i] -= other[i];
                other[i] = difference[i] * difference[i];
                difference[i] *= 2 * scale;
            }
            losses.write(other, 0, at, n);
            if (dPrediction != null) {
                dPrediction.write(difference, 0, at, n);
            }
        }
    }
}
