package lstmgpu.backend.cpu;

/** The gradient of a layer's input, W_ihᵀ·(gradients of the gates), for all steps; a worker does some of the inputs. */
final class InputGradient implements WorkerPool.Task {
    private static final int INPUTS = 8;

    private final RnnWorkspace work;
    private CpuBuffer target;
    private int layer;

    InputGradient(RnnWorkspace work) {
        this.work = work;
    }

    /** @param gradient [T, I or R, B] */
    InputGradient of(int nextLayer, CpuBuffer gradient) {
        layer = nextLayer;
        target = gradient;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int inputs = work.inputOf(layer);
        int from = worker.from(inputs, INPUTS);
        int to = worker.to(inputs, INPUTS);
        int sequences = work.sequences;
        int gateRows = work.gateRows;
        if (from >= to) {
            return;
        }
        if (work.singleSequence()) {
            multiplySingleSequence(worker, from, to);
            return;
        }
        long rows = work.inputTransposed.address((long) from * gateRows);
        for (int step = 0; step < work.steps; step++) {
            long gates = work.gates[layer].address(work.gatesAt(step));
            long result = target.address(((long) step * inputs + from) * sequences);
            worker.blas()
                    .multiply(
                            Blas.Transposed.NONE,
                            to - from,
                            sequences,
                            gateRows,
                            rows,
                            gateRows,
                            gates,
                            sequences,
                            0f,
                            result,
                            sequences);
        }
    }

    /** The steps are the rows of one product with the weights as they are. */
    private void multiplySingleSequence(Worker worker, int from, int to) {
        int inputs = work.inputOf(layer);
        long weight = work.parameters.address(work.tensors[layer].inputWeight() + from);
        worker.blas()
                .multiply(
                        Blas.Transposed.NONE,
                        work.steps,
                        to - from,
                        work.gateRows,
                        work.gates[layer].address(0),
                        work.slots * work.units,
                        weight,
                        inputs,
                        0f,
                        target.address(from),
                        inputs);
    }
}
