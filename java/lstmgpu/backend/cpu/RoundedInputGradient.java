package lstmgpu.backend.cpu;

/** {@link InputGradient} with bfloat16 factors. */
final class RoundedInputGradient implements WorkerPool.Task {
    private final RnnWorkspace work;
    private final Bfloat16Unit unit;
    private CpuBuffer target;
    private int layer;

    RoundedInputGradient(RnnWorkspace work, Bfloat16Unit unit) {
        this.work = work;
        this.unit = unit;
    }

    /** @param gradient [T, I or H, B] */
    RoundedInputGradient of(int nextLayer, CpuBuffer gradient) {
        layer = nextLayer;
        target = gradient;
        return this;
    }

    @Override
    public void run(Worker worker) {
        RnnFactors factors = work.factors;
        int inputs = work.inputOf(layer);
        int sequences = work.sequences;
        int from = worker.from(inputs, RoundedLayer.UNITS);
        int to = worker.to(inputs, RoundedLayer.UNITS);
        for (int step = 0; step < work.steps && from < to; step++) {
            Bfloat16Product.multiply(
                    unit,
                    to - from,
                    sequences,
                    1,
                    factors.inputWeight,
                    factors.inputWeight.address(0, from, 0),
                    factors.gates,
                    factors.gates.address(step, 0, 0),
                    false,
                    target.address(((long) step * inputs + from) * sequences),
                    sequences);
        }
    }
}
