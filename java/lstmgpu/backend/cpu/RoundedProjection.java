package lstmgpu.backend.cpu;

/** The same with bfloat16 factors; a worker does some of the units. */
final class RoundedProjection extends InputProjection {
    private final Bfloat16Unit unit;

    RoundedProjection(RnnWorkspace work, Bfloat16Unit unit) {
        super(work);
        this.unit = unit;
    }

    @Override
    void project(Worker worker, int first, int last) {
        RnnFactors factors = work.factors;
        int sequences = work.sequences;
        int from = worker.from(work.units, RoundedLayer.UNITS);
        int units = worker.to(work.units, RoundedLayer.UNITS) - from;
        for (int gate = 0; gate < work.shape.cell().gates() && units > 0; gate++) {
            int row = gate * work.units + from;
            float[] biases = biases(worker, row, row + units);
            long weight = factors.inputWeight.address(0, gate * factors.units + from, 0);
            for (int step = 0; step < work.steps; step++) {
                fill(biases, row, row + units, step);
                long result = work.gates[layer].address(work.gatesAt(step) + (long) row * sequences);
                Bfloat16Product.multiply(
                        unit,
                        units,
                        sequences,
                        1,
                        factors.inputWeight,
                        weight,
                        factors.inputs,
                        factors.inputs.address(step, 0, 0),
                        true,
                        result,
                        sequences);
            }
        }
    }
}
