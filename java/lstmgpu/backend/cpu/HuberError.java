package lstmgpu.backend.cpu;

/** Huber's error and its gradient, in tiles. */
final class HuberError implements WorkerPool.Task {
    private CpuBuffer prediction;
    private CpuBuffer target;
    private float delta;
    private float scale;
    private CpuBuffer losses;
    private CpuBuffer dPrediction;

    HuberError of(CpuBuffer x, CpuBuffer t, float bound, float gradientScale, CpuBuffer out, CpuBuffer slope) {
        prediction = x;
        target = t;
        delta = bound;
        scale = gradientScale;
        losses = out;
        dPrediction = slope;
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] values = worker.tile(0, Worker.TILE);
        float[] slopes = worker.tile(1, Worker.TILE);
        long end = worker.to(prediction.length());
        for (long at = worker.from(prediction.length()); at < end; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, end - at);
            prediction.read(at, values, 0, n);
            target.read(at, slopes, 0, n);
            measure(values, slopes, n);
            losses.write(values, 0, at, n);
            if (dPrediction != null) {
                dPrediction.write(slopes, 0, at, n);
            }
        }
    }

    /** Turns predictions into losses and targets into slopes. */
    private void measure(float[] values, float[] slopes, int n) {
        float steepest = delta > 0 ? delta : 1;
        for (int i = 0; i < n; i++) {
            float error = values[i] - slopes[i];
            float size = Math.abs(error);
            values[i] = size <= delta ? 0.5f * error * error : steepest * (size - 0.5f * delta);
            // What is within is itself the slope, NaN and 0 too.
            slopes[i] = scale * (error > delta ? steepest : error < -delta ? -steepest : error);
        }
    }
}
