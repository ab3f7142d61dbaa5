package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;

/**
 * Loss and gradient of softmax with cross-entropy, one pass over each row of logits; a worker does some of the rows.
 */
final class SoftmaxCrossEntropy implements WorkerPool.Task {
    private CpuBuffer logits;
    private CpuBuffer targets;
    private CpuBuffer losses;
    private CpuBuffer dLogits;
    private CpuBuffer best;
    private int rows;
    private int vocabulary;
    private float scale;
    private float smoothing;

    SoftmaxCrossEntropy of(DeviceBuffer scores, DeviceBuffer ids, int vocabularySize) {
        rows = Math.toIntExact(ids.length());
        vocabulary = vocabularySize;
        logits = CpuArguments.floats(scores, (long) rows * vocabulary, "logits");
        targets = CpuArguments.ints(ids, rows, "targets");
        return this;
    }

    SoftmaxCrossEntropy into(
            DeviceBuffer lossOut,
            float gradientScale,
            float labelSmoothing,
            DeviceBuffer gradientOut,
            DeviceBuffer bestOut) {
        losses = CpuArguments.floats(lossOut, rows, "losses");
        scale = gradientScale;
        smoothing = labelSmoothing;
        dLogits = CpuArguments.floatsOrNull(gradientOut, (long) rows * vocabulary, "dLogits");
        best = bestOut == null ? null : CpuArguments.ints(bestOut, rows, "best");
        return this;
    }

    @Override
    public void run(Worker worker) {
        int end = worker.to(rows, 1);
        for (int n = worker.from(rows, 1); n < end; n++) {
            int target = targets.getInt(n);
            if (target < 0) {
                losses.setFloat(n, 0);
                if (best != null) {
                    best.setInt(n, 0);
                }
                continue;
            }
            if (target >= vocabulary) {
                throw new IllegalArgumentException("target " + target + " is outside [0, " + vocabulary + ")");
            }
            if (NativeSoftmax.runsHere()) {
                nativeRow(n, target);
            } else {
                row(worker, n, target);
            }
        }
    }

    /** The place of the loss holds the largest logit until the loss is known. */
    private void nativeRow(int n, int target) {
        long at = (long) n * vocabulary;
        float meant = logits.getFloat(at + target);
        double sum = NativeSoftmax.row(
                vocabulary,
                logits.address(at),
                target,
                scale,
                smoothing,
                losses.address(n),
                best == null ? 0 : best.address(n),
                dLogits == null ? 0 : dLogits.address(at));
        losses.setFloat(n, loss(sum, losses.getFloat(n), meant));
    }

    /** Of one row, in tiles. */
    void row(Worker worker, int n, int target) {
        float[] row = worker.tile(0, vocabulary);
        float[] exp = worker.tile(1, vocabulary);
        logits.read((long) n * vocabulary, row, 0, vocabulary);
        float max = Float.NEGATIVE_INFINITY;
        for (int v = 0; v < vocabulary; v++) {
            max = Math.max(max, row[v]);
        }
        VectorMath.expOfDifference(row, max, exp, worker.intTile(0, vocabulary), vocabulary);
        double sum = VectorMath.sum(exp, 0, vocabulary);
        losses.setFloat(n, loss(sum, max, row[target]));
        if (best != null) {
            best.setInt(n, first(row, max));
        }
        if (dLogits == null) {
            return;
        }
        VectorMath.scale(exp, (float) (scale / sum), vocabulary);
        exp[target] -= scale * (1 - smoothing);
        if (smoothing != 0) {
            VectorMath.subtract(exp, scale * smoothing / vocabulary, vocabulary);
        }
        dLogits.write(exp, 0, (long) n * vocabulary, vocabulary);
    }

    private static float loss(double sum, float max, float meant) {
        return (float) (Math.log(sum) + max - meant);
    }

    private int first(float[] row, float value) {
        for (int v = 0; v < vocabulary; v++) {
            if (row[v] == value) {
                return v;
            }
        }
        return 0;
    }
}
