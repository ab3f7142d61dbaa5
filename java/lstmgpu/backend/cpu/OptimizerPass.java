package lstmgpu.backend.cpu;

import java.util.Arrays;
import lstmgpu.backend.OptimizerSpec;

/**
 * One pass over parameters, gradients and moments: clip, decay, update, and zero gradients; in native code where there
 * is some for this processor.
 */
final class OptimizerPass implements WorkerPool.Task {
    /** PyTorch adds this to the norm before dividing. */
    private static final double CLIP_EPSILON = 1e-6;

    OptimizerSpec spec;
    CpuBuffer parameters;
    CpuBuffer gradients;
    CpuBuffer first;
    CpuBuffer second;
    float rate;
    float clip;
    private int time;

    OptimizerPass of(CpuBuffer weights, CpuBuffer dWeights, CpuBuffer firstMoment, CpuBuffer secondMoment) {
        parameters = weights;
        gradients = dWeights;
        first = firstMoment;
        second = secondMoment;
        return this;
    }

    /** @param step t, from 1 */
    OptimizerPass at(OptimizerSpec settings, float learningRate, int step, double normSquared) {
        spec = settings;
        rate = learningRate;
        time = step;
        double factor = settings.gradClip() / (Math.sqrt(normSquared) + CLIP_EPSILON);
        clip = settings.gradClip() > 0 ? (float) Math.min(1, factor) : 1f;
        return this;
    }

    @Override
    public void run(Worker worker) {
        long from = worker.from(parameters.length());
        long to = worker.to(parameters.length());
        if (NativeOptimizerPass.runsHere()) {
            NativeOptimizerPass.update(this, from, to - from);
        } else {
            byTiles(worker, from, to);
        }
    }

    /** What is left of a weight before it is updated. */
    float keptWeight() {
        float decay = spec.weightDecay();
        return decay != 0 && spec.kind() == OptimizerSpec.Kind.ADAMW ? 1f - rate * decay : 1f;
    }

    /** What of a weight is added to its gradient. */
    float addedDecay() {
        return spec.kind() == OptimizerSpec.Kind.ADAMW ? 0f : spec.weightDecay();
    }

    /** What is left of SGD's running sum before a gradient is added: at the first step it begins, whatever it holds. */
    float keptMomentum() {
        return time == 1 ? 0f : spec.momentum();
    }

    /** Adam's rate with the correction of its first moment. */
    float stepSize() {
        return (float) (rate / (1 - Math.pow(spec.beta1(), time)));
    }

    /** Adam's correction of the root of its second moment. */
    float correction() {
        return (float) (1 / Math.sqrt(1 - Math.pow(spec.beta2(), time)));
    }

    /** Loops over heap tiles for the weights in [from, to). */
    void byTiles(Worker worker, long from, long to) {
        float[] p = worker.tile(0, Worker.TILE);
        float[] g = worker.tile(1, Worker.TILE);
        float[] m = worker.tile(2, Worker.TILE);
        float[] v = worker.tile(3, Worker.TILE);
        float[] zeros = worker.tile(4, Worker.TILE);
        Arrays.fill(zeros, 0, Worker.TILE, 0f);
        for (long at = from; at < to; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, to - at);
            parameters.read(at, p, 0, n);
            gradients.read(at, g, 0, n);
            if (first != null) {
                first.read(at, m, 0, n);
            }
            if (second != null) {
                second.read(at, v, 0, n);
            }
            update(p, g, m, v, n);
            parameters.write(p, 0, at, n);
            gradients.write(zeros, 0, at, n);
            if (first != null) {
                first.write(m, 0, at, n);
            }
            if (second != null) {
                second.write(v, 0, at, n);
            }
        }
    }

    private void update(float[] p, float[] g, float[] m, float[] v, int n) {
        VectorMath.scale(g, clip, n);
        if (keptWeight() != 1) {
            VectorMath.scale(p, keptWeight(), n);
        }
        float decay = addedDecay();
        if (decay != 0) {
            for (int i = 0; i < n; i++) {
                g[i] = Math.fma(decay, p[i], g[i]);
            }
        }
        switch (spec.kind()) {
            case ADAM, ADAMW -> adam(p, g, m, v, n);
            case SGD -> momentum(p, g, m, n, keptMomentum());
            case RMSPROP -> rmsprop(p, g, m, v, n);
            case ADAGRAD -> adagrad(p, g, v, n);
        }
    }

    private void adam(float[] p, float[] g, float[] m, float[] v, int n) {
        float beta1 = spec.beta1();
        float beta2 = spec.beta2();
        float epsilon = spec.epsilon();
        float stepSize = stepSize();
        float correction = correction();
        for (int i = 0; i < n; i++) {
            m[i] = Math.fma(beta1, m[i], (1f - beta1) * g[i]);
        }
        for (int i = 0; i < n; i++) {
            v[i] = Math.fma(beta2, v[i], (1f - beta2) * g[i] * g[i]);
        }
        for (int i = 0; i < n; i++) {
            p[i] -= stepSize * m[i] / Math.fma((float) Math.sqrt(v[i]), correction, epsilon);
        }
    }

    /** p −= lr·(g or its running sum). */
    private void momentum(float[] p, float[] g, float[] m, int n, float kept) {
        float[] direction = g;
        if (spec.momentum() != 0) {
            for (int i = 0; i < n; i++) {
                m[i] = Math.fma(kept, m[i], g[i]);
            }
            direction = m;
        }
        for (int i = 0; i < n; i++) {
            p[i] = Math.fma(-rate, direction[i], p[i]);
        }
    }

    private void rmsprop(float[] p, float[] g, float[] m, float[] v, int n) {
        float alpha = spec.beta2();
        float epsilon = spec.epsilon();
        for (int i = 0; i < n; i++) {
            v[i] = Math.fma(alpha, v[i], (1f - alpha) * g[i] * g[i]);
        }
        for (int i = 0; i < n; i++) {
            g[i] /= (float) Math.sqrt(v[i]) + epsilon;
        }
        momentum(p, g, m, n, spec.momentum());
    }

    private void adagrad(float[] p, float[] g, float[] v, int n) {
        float epsilon = spec.epsilon();
        for (int i = 0; i < n; i++) {
            v[i] = Math.fma(g[i], g[i], v[i]);
        }
        for (int i = 0; i < n; i++) {
            p[i] -= rate * g[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }
}
