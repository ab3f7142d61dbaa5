package lstmgpu.backend.cpu;

/** Products of a recurrent stack in float32. */
final class FloatProducts implements RnnProducts {
    private final RnnWorkspace work;
    private final WorkerPool pool;
    private final InputProjection inputProjection;
    private final ForwardStep forwardStep;
    private final BackwardStep backwardStep;
    private final MatrixGradient matrixGradient;
    private final InputGradient inputGradient;
    private final Transposition transposition = new Transposition();

    /** @param norms null where nothing normalises */
    FloatProducts(RnnWorkspace work, WorkerPool pool, LayerNormLstm norms) {
        this.work = work;
        this.pool = pool;
        inputProjection = new InputProjection(work);
        forwardStep = new ForwardStep(work, norms);
        backwardStep = new BackwardStep(work, norms);
        matrixGradient = new MatrixGradient(work);
        inputGradient = new InputGradient(work);
    }

    @Override
    public void projectInput(int layer) {
        pool.run(inputProjection.of(layer));
    }

    @Override
    public void stepForward(int layer, int step) {
        forwardStep.runIn(pool, layer, step);
    }

    @Override
    public void stepBackward(int layer, int step) {
        if (step == work.steps - 1) {
            transposeWeight(work.tensors[layer].recurrentWeight(), work.recurrentTransposed, work.units);
        }
        backwardStep.runIn(pool, layer, step);
    }

    private void transposeWeight(long tensor, CpuBuffer target, int columns) {
        pool.run(transposition.of(work.parameters, tensor, target, 1, work.gateRows, columns));
    }

    @Override
    public void addMatrixGradient(int layer, boolean recurrent) {
        matrixGradient.of(layer, recurrent);
        if (matrixGradient.readsPanels()) {
            int panels = work.steps * (matrixGradient.columns() / WeightGradient.PANEL);
            CpuBuffer factor = matrixGradient.factor();
            long start = matrixGradient.factorStart();
            pool.run(transposition.of(factor, start, work.panels, panels, WeightGradient.PANEL, work.sequences));
        }
        pool.run(matrixGradient);
    }

    @Override
    public void inputGradient(int layer, CpuBuffer target) {
        if (!work.singleSequence()) {
            transposeWeight(work.tensors[layer].inputWeight(), work.inputTransposed, work.inputOf(layer));
        }
        pool.run(inputGradient.of(layer, target));
    }
}
