package lstmgpu.backend.cpu;

import lstmgpu.backend.AverageSpec;

/** One pass over weights and their average. */
final class AveragePass implements WorkerPool.Task {
    private CpuBuffer parameters;
    private CpuBuffer averaged;
    private boolean first;
    private float weight;

    /** @param count m, the weights that count */
    AveragePass of(AverageSpec spec, int count, CpuBuffer weights, CpuBuffer target) {
        parameters = weights;
        averaged = target;
        first = count <= 1;
        double beta = spec.decay();
        weight = (float) (beta < 1 ? (1 - beta) / (1 - Math.pow(beta, count)) : 1.0 / count);
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] p = worker.tile(0, Worker.TILE);
        float[] a = worker.tile(1, Worker.TILE);
        long end = worker.to(parameters.length());
        for (long at = worker.from(parameters.length()); at < end; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, end - at);
            parameters.read(at, p, 0, n);
            if (!first) {
                averaged.read(at, a, 0, n);
                mix(p, a, n);
            }
            averaged.write(p, 0, at, n);
        }
    }

    /** p becomes the average that a was, with p taken in. */
    private void mix(float[] p, float[] a, int n) {
        float w = weight;
        for (int i = 0; i < n; i++) {
            p[i] = Math.fma(w, p[i] - a[i], a[i]);
        }
    }
}
