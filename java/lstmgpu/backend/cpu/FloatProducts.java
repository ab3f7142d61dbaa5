package lstmgpu.backend.cpu;

import lstmgpu.backend.CellTensor;

/** Products of a recurrent stack in float32. */
final class FloatProducts implements RnnProducts {
    private final RnnWorkspace work;
    private final WorkerPool pool;
    private final InputProjection inputProjection;
    private final ForwardStep forwardStep;
    private final BackwardStep backwardStep;
    private final StateProjection projection;
    private final HiddenGradient hiddenGradient;
    private final MatrixGradient matrixGradient;
    private final GradientPanels gradientPanels;
    private final InputGradient inputGradient;
    private final Transposition transposition = new Transposition();

    /** @param norms null where nothing normalises */
    FloatProducts(RnnWorkspace work, WorkerPool pool, LayerNormLstm norms) {
        this.work = work;
        this.pool = pool;
        inputProjection = new InputProjection(work);
        forwardStep = new ForwardStep(work, norms);
        backwardStep = new BackwardStep(work, norms);
        projection = new StateProjection(work);
        hiddenGradient = new HiddenGradient(work);
        matrixGradient = new MatrixGradient(work);
        gradientPanels = new GradientPanels(work);
        inputGradient = new InputGradient(work);
    }

    @Override
    public void projectInput(int layer) {
        pool.run(inputProjection.of(layer));
    }

    @Override
    public void stepForward(int layer, int step) {
        forwardStep.runIn(pool, layer, step);
        if (work.shape.projects()) {
            pool.run(projection.of(layer, step));
        }
    }

    @Override
    public void stepBackward(int layer, int step) {
        if (step == work.steps - 1) {
            transpose(work.tensors[layer].recurrentWeight(), work.recurrentTransposed, work.gateRows, work.shown);
            if (work.shape.projects()) {
                transpose(work.tensors[layer].projection(), work.projectionTransposed, work.shown, work.units);
            }
        }
        if (work.shape.projects()) {
            pool.run(hiddenGradient.of(layer, step));
        }
        backwardStep.runIn(pool, layer, step);
    }

    private void transpose(long tensor, CpuBuffer target, int rows, int columns) {
        pool.run(transposition.of(work.parameters, tensor, target, 1, rows, columns));
    }

    @Override
    public void addMatrixGradient(int layer, CellTensor tensor) {
        matrixGradient.of(layer, tensor);
        if (matrixGradient.readsPanels()) {
            pool.run(gradientPanels.of(matrixGradient));
        }
        pool.run(matrixGradient);
    }

    @Override
    public void inputGradient(int layer, CpuBuffer target) {
        if (!work.singleSequence()) {
            transpose(work.tensors[layer].inputWeight(), work.inputTransposed, work.gateRows, work.inputOf(layer));
        }
        pool.run(inputGradient.of(layer, target));
    }
}
