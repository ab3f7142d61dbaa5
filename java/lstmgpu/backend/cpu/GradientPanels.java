package lstmgpu.backend.cpu;

import java.util.Objects;

/** Lays out what a gradient's product multiplies with as {@link WeightGradient} reads it; a worker does some panels. */
final class GradientPanels implements WorkerPool.Task {
    private final RnnWorkspace work;
    private MatrixGradient gradient;

    GradientPanels(RnnWorkspace work) {
        this.work = work;
    }

    /** @param next whose factor it is */
    GradientPanels of(MatrixGradient next) {
        gradient = next;
        long block = (long) work.steps * work.sequences;
        Objects.checkFromIndexSize(
                next.factorStart(), block * next.columns(), next.factor().length());
        Objects.checkIndex(
                block * WeightGradient.panels(next.columns()) * WeightGradient.PANEL - 1, work.panels.length());
        return this;
    }

    @Override
    public void run(Worker worker) {
        int count = work.steps * WeightGradient.panels(gradient.columns());
        WeightGradient.fill(
                worker.from(count, 1),
                worker.to(count, 1),
                gradient.columns(),
                work.sequences,
                gradient.factor().address(gradient.factorStart()),
                work.panels.address(0));
    }
}
