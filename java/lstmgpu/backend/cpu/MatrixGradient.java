package lstmgpu.backend.cpu;

/** Adds dW_ih or dW_hh of a layer, summed over the steps in order; a worker does some of the gate rows. */
final class MatrixGradient implements WorkerPool.Task {
    private static final int ROWS = 16;

    private final RnnWorkspace work;
    private int layer;
    private boolean recurrent;

    MatrixGradient(RnnWorkspace work) {
        this.work = work;
    }

    /** @param ofRecurrent whether it is dW_hh's turn */
    MatrixGradient of(int nextLayer, boolean ofRecurrent) {
        layer = nextLayer;
        recurrent = ofRecurrent;
        return this;
    }

    /** Whether the workspace's panels have to hold what the gates' gradients are multiplied with. */
    boolean readsPanels() {
        return WeightGradient.suits(columns(), work.sequences);
    }

    /** I, or H for dW_hh. */
    int columns() {
        return recurrent ? work.units : work.inputOf(layer);
    }

    /**
     * What the gates' gradients are multiplied with, blocks [columns,B] of which the first step's begins at
     * {@link #factorStart}.
     */
    CpuBuffer factor() {
        return recurrent ? work.hidden[layer] : work.inputs(layer);
    }

    long factorStart() {
        return recurrent ? 0 : work.inputStart(layer);
    }

    @Override
    public void run(Worker worker) {
        int from = worker.from(work.gateRows, ROWS);
        int to = worker.to(work.gateRows, ROWS);
        if (!recurrent) {
            multiply(worker, from, from, to - from);
            return;
        }
        for (RnnWorkspace.Run run : work.recurrentRuns) {
            int first = Math.max(from, run.weightRow());
            int last = Math.min(to, run.weightRow() + run.rows());
            multiply(worker, first, first - run.weightRow() + run.slotRow(), last - first);
        }
    }

    /** dW[row..row+rows, columns] += Σ over t of the slots' gradients · (input or state)ᵀ. */
    private void multiply(Worker worker, int row, int slotRow, int rows) {
        if (rows <= 0) {
            return;
        }
        RnnWorkspace.Tensors at = work.tensors[layer];
        int columns = columns();
        int sequences = work.sequences;
        long tensor = recurrent ? at.recurrentWeight() : at.inputWeight();
        long result = work.gradients.address(tensor + (long) row * columns);
        long gates = work.gates[layer].address((long) slotRow * sequences);
        if (readsPanels()) {
            long panels = work.panels.address(0);
            WeightGradient.add(
                    rows, columns, work.steps, sequences, gates, sequences, work.gatesAt(1), panels, result, columns);
        } else if (work.singleSequence()) {
            multiplySingleSequence(worker, rows, gates, result);
        } else {
            multiplyStepByStep(worker, rows, gates, result);
        }
    }

    /** The steps are the inner length of one product. */
    private void multiplySingleSequence(Worker worker, int rows, long gates, long result) {
        int columns = columns();
        int stride = work.slots * work.units;
        long factor = factor().address(factorStart());
        worker.blas()
                .multiply(
                        Blas.Transposed.FIRST,
                        rows,
                        columns,
                        work.steps,
                        gates,
                        stride,
                        factor,
                        columns,
                        1f,
                        result,
                        columns);
    }

    private void multiplyStepByStep(Worker worker, int rows, long gates, long result) {
        int columns = columns();
        int sequences = work.sequences;
        for (int step = 0; step < work.steps; step++) {
            long factor = factor().address(factorStart() + (long) step * columns * sequences);
            worker.blas()
                    .multiply(
                            Blas.Transposed.SECOND,
                            rows,
                            columns,
                            sequences,
                            gates + work.gatesAt(step) * CpuBuffer.ELEMENT_BYTES,
                            sequences,
                            factor,
                            sequences,
                            1f,
                            result,
                            columns);
        }
    }
}
