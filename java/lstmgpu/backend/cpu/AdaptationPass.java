package lstmgpu.backend.cpu;

import java.util.Arrays;
import lstmgpu.backend.AdaptationSpec;

/** One pass over weights, gradients, trained weights and the sizes of gradients. */
final class AdaptationPass implements WorkerPool.Task {
    private AdaptationSpec spec;
    private CpuBuffer parameters;
    private CpuBuffer gradients;
    private CpuBuffer trained;
    private CpuBuffer scale;

    /** @param sizes null for the SGD form */
    AdaptationPass of(
            AdaptationSpec settings, CpuBuffer weights, CpuBuffer dWeights, CpuBuffer start, CpuBuffer sizes) {
        spec = settings;
        parameters = weights;
        gradients = dWeights;
        trained = start;
        scale = sizes;
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] p = worker.tile(0, Worker.TILE);
        float[] g = worker.tile(1, Worker.TILE);
        float[] start = worker.tile(2, Worker.TILE);
        float[] back = worker.tile(3, Worker.TILE);
        float[] zeros = worker.tile(4, Worker.TILE);
        Arrays.fill(zeros, 0, Worker.TILE, 0f);
        Arrays.fill(back, 0, Worker.TILE, spec.decay());
        long end = worker.to(parameters.length());
        for (long at = worker.from(parameters.length()); at < end; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, end - at);
            parameters.read(at, p, 0, n);
            gradients.read(at, g, 0, n);
            trained.read(at, start, 0, n);
            if (scale != null) {
                scale.read(at, back, 0, n);
                normalise(g, back, n);
            }
            update(p, g, start, back, n);
            parameters.write(p, 0, at, n);
            gradients.write(zeros, 0, at, n);
        }
    }

    /** g becomes g/(s + ε) and s the share of the way back. */
    private void normalise(float[] g, float[] s, int n) {
        float epsilon = spec.epsilon();
        float pull = spec.decay() / spec.mean();
        for (int i = 0; i < n; i++) {
            g[i] /= s[i] + epsilon;
        }
        for (int i = 0; i < n; i++) {
            s[i] = Math.min(pull * s[i], 1f);
        }
    }

    private void update(float[] p, float[] g, float[] start, float[] back, int n) {
        float rate = spec.rate();
        for (int i = 0; i < n; i++) {
            p[i] += Math.fma(back[i], start[i] - p[i], -rate * g[i]);
        }
    }
}
