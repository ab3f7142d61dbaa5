package lstmgpu.backend.cpu;

/** The gradient of penalties on outputs and on their changes, in tiles; a worker does some of a step's elements. */
final class ActivationPenalty implements WorkerPool.Task {
    private CpuBuffer y;
    private CpuBuffer dy;
    private long width;
    private float alpha;
    private float beta;

    ActivationPenalty of(CpuBuffer outputs, long elementsOfAStep, CpuBuffer gradient) {
        y = outputs;
        width = elementsOfAStep;
        dy = gradient;
        return this;
    }

    ActivationPenalty by(float ofOutputs, float ofChanges) {
        alpha = ofOutputs;
        beta = ofChanges;
        return this;
    }

    @Override
    public void run(Worker worker) {
        float[] here = worker.tile(0, Worker.TILE);
        float[] neighbour = worker.tile(1, Worker.TILE);
        float[] slope = worker.tile(2, Worker.TILE);
        long end = worker.to(y.length());
        int n;
        for (long at = worker.from(y.length()); at < end; at += n) {
            n = (int) Math.min(Math.min(Worker.TILE, end - at), width - at % width);
            y.read(at, here, 0, n);
            dy.read(at, slope, 0, n);
            VectorMath.addScaled(slope, alpha, here, n);
            if (beta != 0) {
                addChange(here, at - width, slope, neighbour, n);
                addChange(here, at + width, slope, neighbour, n);
            }
            dy.write(slope, 0, at, n);
        }
    }

    /** What the step before or behind, where there is one, adds to the gradient. */
    private void addChange(float[] here, long other, float[] slope, float[] neighbour, int n) {
        if (other >= 0 && other < y.length()) {
            y.read(other, neighbour, 0, n);
            VectorMath.addScaledDifference(slope, beta, here, neighbour, n);
        }
    }
}
