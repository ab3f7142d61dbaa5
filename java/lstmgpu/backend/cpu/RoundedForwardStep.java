package lstmgpu.backend.cpu;

/** The same with bfloat16 factors; h, or what is projected to it, is rounded while it is in the cache. */
final class RoundedForwardStep extends ForwardStep {
    private final Bfloat16Unit unit;

    RoundedForwardStep(RnnWorkspace work, LayerNormLstm norms, Bfloat16Unit unit) {
        super(work, norms, RoundedLayer.UNITS);
        this.unit = unit;
    }

    @Override
    void multiply(Worker worker, int from, int to) {
        RnnFactors factors = work.factors;
        int sequences = work.sequences;
        long before = factors.hidden.address(factors.hiddenAt(step), 0, 0);
        for (int gate = 0; gate < work.shape.cell().gates(); gate++) {
            int slotRow = work.hiddenSlot(gate) * work.units + from;
            Bfloat16Product.multiply(
                    unit,
                    to - from,
                    sequences,
                    1,
                    factors.recurrentWeight,
                    factors.recurrentWeight.address(0, gate * factors.units + from, 0),
                    factors.hidden,
                    before,
                    true,
                    work.gates[layer].address(work.gatesAt(step) + (long) slotRow * sequences),
                    sequences);
        }
    }

    @Override
    void finish(int from, int to) {
        RnnFactors factors = work.factors;
        int sequences = work.sequences;
        long after = work.cellOutput(layer).address(work.cellOutputAt(step) + (long) from * sequences);
        Bfloat16Factor rounded = factors.projection == null ? factors.hidden : factors.projection.unprojected;
        int block = factors.projection == null ? factors.hiddenAt(step + 1) : 0;
        rounded.roundSome(block, from, to - from, sequences, after, sequences);
    }
}
