package lstmgpu.backend.cpu;

import java.util.Arrays;
import java.util.stream.IntStream;
import lstmgpu.backend.Gate;

/**
 * Adds the gradients of a layer's peepholes, dp = Σ over steps and sequences of (gate's gradient)·(c that it sees), the
 * steps in order; a worker does some of the units.
 */
final class PeepholeGradient {
    private static final int UNITS = 16;

    private final RnnWorkspace work;

    /** Which gates see c. */
    private final int[] gates;

    /** Whether they see it after the step. */
    private final boolean[] late;

    PeepholeGradient(RnnWorkspace work) {
        this.work = work;
        var rows = work.shape.cell().rows();
        this.gates = IntStream.range(0, rows.size())
                .filter(gate -> rows.get(gate).peephole() != Gate.Peephole.NONE)
                .toArray();
        this.late = new boolean[gates.length];
        for (int i = 0; i < gates.length; i++) {
            late[i] = rows.get(gates[i]).peephole() == Gate.Peephole.AFTER;
        }
    }

    void run(Worker worker, int layer) {
        int to = worker.to(work.units, UNITS);
        for (int unit = worker.from(work.units, UNITS); unit < to; unit += UNITS) {
            int units = Math.min(UNITS, to - unit);
            for (int i = 0; i < gates.length; i++) {
                long tensor = work.tensors[layer].peepholes() + (long) i * work.units + unit;
                double[] sums = sums(worker, layer, i, unit, units);
                for (int j = 0; j < units; j++) {
                    work.gradients.setFloat(tensor + j, (float) (work.gradients.getFloat(tensor + j) + sums[j]));
                }
            }
        }
    }

    private double[] sums(Worker worker, int layer, int number, int unit, int units) {
        int sequences = work.sequences;
        int n = units * sequences;
        float[] slopes = worker.tile(0, n);
        float[] seen = worker.tile(1, n);
        double[] sums = worker.sums(units);
        Arrays.fill(sums, 0, units, 0);
        long row = (long) gates[number] * work.units + unit;
        for (int step = 0; step < work.steps; step++) {
            CpuBuffer states = late[number] ? work.madeCell(layer) : work.cell[layer];
            int state = late[number] ? step + 1 : step;
            work.gates[layer].read(work.gatesAt(step) + row * sequences, slopes, 0, n);
            states.read(state * work.unitBlock() + (long) unit * sequences, seen, 0, n);
            VectorMath.multiply(slopes, seen, n);
            for (int j = 0; j < units; j++) {
                sums[j] += VectorMath.sum(slopes, j * sequences, (j + 1) * sequences);
            }
        }
        return sums;
    }
}
