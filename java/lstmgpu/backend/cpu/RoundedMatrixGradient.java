package lstmgpu.backend.cpu;

import lstmgpu.backend.CellTensor;

/** Adds the gradient of a layer's matrix, a product over all steps with bfloat16 factors; a worker does some units. */
final class RoundedMatrixGradient implements WorkerPool.Task {
    private final RnnWorkspace work;
    private final Bfloat16Unit unit;
    private int layer;
    private CellTensor matrix;

    RoundedMatrixGradient(RnnWorkspace work, Bfloat16Unit unit) {
        this.work = work;
        this.unit = unit;
    }

    /** @param whose matrix's turn it is */
    RoundedMatrixGradient of(int nextLayer, CellTensor whose) {
        layer = nextLayer;
        matrix = whose;
        return this;
    }

    @Override
    public void run(Worker worker) {
        if (matrix == CellTensor.PROJECTION_WEIGHT) {
            multiplyProjection(worker);
            return;
        }
        boolean recurrent = matrix == CellTensor.RECURRENT_WEIGHT;
        RnnFactors factors = work.factors;
        LayerTensors at = work.tensors[layer];
        long tensor = recurrent ? at.recurrentWeight() : at.inputWeight();
        int columns = recurrent ? work.shown : work.inputOf(layer);
        int from = worker.from(work.units, RoundedLayer.UNITS);
        int units = worker.to(work.units, RoundedLayer.UNITS) - from;
        for (int gate = 0; gate < work.shape.cell().gates() && units > 0; gate++) {
            int slot = recurrent ? work.hiddenSlot(gate) : gate;
            Bfloat16Product.multiply(
                    unit,
                    units,
                    columns,
                    work.steps,
                    factors.slots,
                    factors.slots.address(0, slot * factors.units + from, 0),
                    factors.states,
                    factors.states.address(0, 0, 0),
                    true,
                    work.gradients.address(tensor + (long) (gate * work.units + from) * columns),
                    columns);
        }
    }

    /** dW_hr; a worker does some of its rows. */
    private void multiplyProjection(Worker worker) {
        int from = worker.from(work.shown, RoundedLayer.UNITS);
        int rows = worker.to(work.shown, RoundedLayer.UNITS) - from;
        if (rows <= 0) {
            return;
        }
        Bfloat16Factor slopes = work.factors.projection.dHiddenRows;
        Bfloat16Factor states = work.factors.states;
        long tensor = work.tensors[layer].projection() + (long) from * work.units;
        Bfloat16Product.multiply(
                unit,
                rows,
                work.units,
                work.steps,
                slopes,
                slopes.address(0, from, 0),
                states,
                states.address(0, 0, 0),
                true,
                work.gradients.address(tensor),
                work.units);
    }
}
