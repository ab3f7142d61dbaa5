package lstmgpu.backend.cpu;

import lstmgpu.backend.CellTensor;

/**
 * Products of a recurrent stack in bfloat16: every factor is rounded once, where it was made or before all that needs
 * it, and what is added up stays float32.
 */
final class Bfloat16Products implements RnnProducts {
    private final RnnWorkspace work;
    private final WorkerPool pool;
    private final RoundedLayer roundedLayer;
    private final RoundedProjection inputProjection;
    private final RoundedForwardStep forwardStep;
    private final RoundedStateProjection projection;
    private final RoundedHiddenGradient hiddenGradient;
    private final RoundedBackwardStep backwardStep;
    private final RoundedStates roundedStates;
    private final RoundedMatrixGradient matrixGradient;
    private final RoundedInputGradient inputGradient;

    /** @param norms null where nothing normalises */
    Bfloat16Products(RnnWorkspace work, WorkerPool pool, LayerNormLstm norms, Bfloat16Unit unit) {
        this.work = work;
        this.pool = pool;
        roundedLayer = new RoundedLayer(work);
        inputProjection = new RoundedProjection(work, unit);
        forwardStep = new RoundedForwardStep(work, norms, unit);
        projection = new RoundedStateProjection(work, unit);
        hiddenGradient = new RoundedHiddenGradient(work, unit);
        backwardStep = new RoundedBackwardStep(work, norms, unit);
        roundedStates = new RoundedStates(work);
        matrixGradient = new RoundedMatrixGradient(work, unit);
        inputGradient = new RoundedInputGradient(work, unit);
    }

    @Override
    public void projectInput(int layer) {
        pool.run(roundedLayer.forward(layer));
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
            pool.run(roundedLayer.backward(layer));
        }
        if (work.shape.projects()) {
            pool.run(hiddenGradient.of(step));
        }
        backwardStep.runIn(pool, layer, step);
    }

    @Override
    public void addMatrixGradient(int layer, CellTensor tensor) {
        pool.run(roundedStates.of(layer, tensor));
        pool.run(matrixGradient.of(layer, tensor));
    }

    @Override
    public void inputGradient(int layer, CpuBuffer target) {
        pool.run(inputGradient.of(layer, target));
    }
}
