package lstmgpu.backend.cpu;

import lstmgpu.backend.CellTensor;

/** Adds the gradient of a layer's W_ih, W_hh or W_hr, summed over the steps in order; a worker does some rows. */
final class MatrixGradient implements WorkerPool.Task {
    private static final int ROWS = 16;

    private final RnnWorkspace work;
    private int layer;
    private CellTensor tensor;

    MatrixGradient(RnnWorkspace work) {
        this.work = work;
    }

    /** @param matrix whose turn it is */
    MatrixGradient of(int nextLayer, CellTensor matrix) {
        layer = nextLayer;
        tensor = matrix;
        return this;
    }

    /** Whether the workspace's panels have to hold what the rows' gradients are multiplied with. */
    boolean readsPanels() {
        return WeightGradient.suits(columns(), work.sequences);
    }

    /** I, R for dW_hh, or H for dW_hr. */
    int columns() {
        return switch (tensor) {
            case RECURRENT_WEIGHT -> work.shown;
            case PROJECTION_WEIGHT -> work.units;
            default -> work.inputOf(layer);
        };
    }

    /**
     * What the rows' gradients are multiplied with, blocks [columns,B] of which the first step's begins at
     * {@link #factorStart}.
     */
    CpuBuffer factor() {
        return switch (tensor) {
            case RECURRENT_WEIGHT -> work.hidden[layer];
            case PROJECTION_WEIGHT -> work.unprojected[layer];
            default -> work.inputs(layer);
        };
    }

    long factorStart() {
        return tensor == CellTensor.INPUT_WEIGHT ? work.inputStart(layer) : 0;
    }

    /** The rows' gradients, a block [rows,B] a step: those of h for dW_hr, otherwise the gates'. */
    private CpuBuffer slopes() {
        return ofProjection() ? work.dHidden : work.gates[layer];
    }

    /** Rows of such a block. */
    private int slopeRows() {
        return ofProjection() ? work.shown : work.slots * work.units;
    }

    private boolean ofProjection() {
        return tensor == CellTensor.PROJECTION_WEIGHT;
    }

    @Override
    public void run(Worker worker) {
        int all = ofProjection() ? work.shown : work.gateRows;
        int from = worker.from(all, ROWS);
        int to = worker.to(all, ROWS);
        if (tensor != CellTensor.RECURRENT_WEIGHT) {
            multiply(worker, from, from, to - from);
            return;
        }
        for (RecurrentRun run : work.recurrentRuns) {
            int first = Math.max(from, run.weightRow());
            int last = Math.min(to, run.weightRow() + run.rows());
            multiply(worker, first, first - run.weightRow() + run.slotRow(), last - first);
        }
    }

    /** dW[row..row+rows, columns] += Σ over t of the rows' gradients · (what they are multiplied with)ᵀ. */
    private void multiply(Worker worker, int row, int slotRow, int rows) {
        if (rows <= 0) {
            return;
        }
        int columns = columns();
        int sequences = work.sequences;
        long result = work.gradients.address(first() + (long) row * columns);
        long slopes = slopes().address((long) slotRow * sequences);
        long block = (long) slopeRows() * sequences;
        if (readsPanels()) {
            long panels = work.panels.address(0);
            WeightGradient.add(rows, columns, work.steps, sequences, slopes, sequences, block, panels, result, columns);
        } else if (work.singleSequence()) {
            multiplySingleSequence(worker, rows, slopes, result);
        } else {
            multiplyStepByStep(worker, rows, slopes, result);
        }
    }

    /** The tensor's first element. */
    private long first() {
        LayerTensors at = work.tensors[layer];
        return switch (tensor) {
            case RECURRENT_WEIGHT -> at.recurrentWeight();
            case PROJECTION_WEIGHT -> at.projection();
            default -> at.inputWeight();
        };
    }

    /** The steps are the inner length of one product. */
    private void multiplySingleSequence(Worker worker, int rows, long slopes, long result) {
        int columns = columns();
        int stride = slopeRows();
        long factor = factor().address(factorStart());
        worker.blas()
                .multiply(
                        Blas.Transposed.FIRST,
                        rows,
                        columns,
                        work.steps,
                        slopes,
                        stride,
                        factor,
                        columns,
                        1f,
                        result,
                        columns);
    }

    private void multiplyStepByStep(Worker worker, int rows, long slopes, long result) {
        int columns = columns();
        int sequences = work.sequences;
        long blockBytes = (long) slopeRows() * sequences * CpuBuffer.ELEMENT_BYTES;
        for (int step = 0; step < work.steps; step++) {
            long factor = factor().address(factorStart() + (long) step * columns * sequences);
            worker.blas()
                    .multiply(
                            Blas.Transposed.SECOND,
                            rows,
                            columns,
                            sequences,
                            slopes + step * blockBytes,
                            sequences,
                            factor,
                            sequences,
                            1f,
                            result,
                            columns);
        }
    }
}
