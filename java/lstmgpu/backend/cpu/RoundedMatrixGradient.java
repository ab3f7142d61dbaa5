package lstmgpu.backend.cpu;

/** Adds dW_ih or dW_hh of a layer, a product over all steps with bfloat16 factors; a worker does some of the units. */
final class RoundedMatrixGradient implements WorkerPool.Task {
    private final RnnWorkspace work;
    private final Bfloat16Unit unit;
    private int layer;
    private boolean recurrent;

    RoundedMatrixGradient(RnnWorkspace work, Bfloat16Unit unit) {
        this.work = work;
        this.unit = unit;
    }

    RoundedMatrixGradient of(int nextLayer, boolean ofRecurrent) {
        layer = nextLayer;
        recurrent = ofRecurrent;
        return this;
    }

    @Override
    public void run(Worker worker) {
        RnnFactors factors = work.factors;
        RnnWorkspace.Tensors at = work.tensors[layer];
        long tensor = recurrent ? at.recurrentWeight() : at.inputWeight();
        int columns = recurrent ? work.units : work.inputOf(layer);
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
}
