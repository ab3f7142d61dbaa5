package lstmgpu.backend.cpu;

/** The same with bfloat16 factors; the gates' gradients are rounded for all products while they are in the cache. */
final class RoundedBackwardStep extends BackwardStep {
    private final Bfloat16Unit unit;

    RoundedBackwardStep(RnnWorkspace work, LayerNormLstm norms, Bfloat16Unit unit) {
        super(work, norms, RoundedLayer.UNITS);
        this.unit = unit;
    }

    @Override
    void multiply(Worker worker, int from, int to) {
        ProjectionFactors projection = work.factors.projection;
        if (projection == null) {
            RoundedHiddenGradient.multiply(work, unit, step, from, to);
            return;
        }
        int sequences = work.sequences;
        Bfloat16Product.multiply(
                unit,
                to - from,
                sequences,
                1,
                projection.weight,
                projection.weight.address(0, from, 0),
                projection.dHidden,
                projection.dHidden.address(0, 0, 0),
                false,
                work.dUnprojected.address((long) from * sequences),
                sequences);
    }

    @Override
    void finish(int from, int to) {
        RnnFactors factors = work.factors;
        int units = to - from;
        int sequences = work.sequences;
        for (int slot = 0; slot < work.slots; slot++) {
            factors.slots.roundRows(
                    step, slot * factors.units + from, units, sequences, slotAddress(slot, from), sequences);
        }
        for (int gate = 0; gate < work.shape.cell().gates(); gate++) {
            int at = gate * factors.units + from;
            factors.gates.roundSome(step, at, units, sequences, slotAddress(gate, from), sequences);
            if (factors.splits()) {
                long source = slotAddress(work.hiddenSlot(gate), from);
                factors.hiddenGates.roundSome(factors.hiddenGatesAt(step), at, units, sequences, source, sequences);
            }
        }
    }

    private long slotAddress(int slot, int from) {
        return work.gates[layer].address(work.gatesAt(step) + (long) (slot * work.units + from) * work.sequences);
    }
}
