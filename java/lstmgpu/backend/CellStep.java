package lstmgpu.backend;

import java.util.List;

/** A step of one unit of a cell in float64, and the way back. */
public final class CellStep {
    private final List<Gate> rows;
    private final CellUpdate update;

    public CellStep(Cell cell) {
        this.rows = cell.rows();
        this.update = cell.update();
    }

    /**
     * The step.
     *
     * @param input [G] W_ih·x + b_ih
     * @param recurrent [G] W_hh·h + b_hh
     * @param peepholes the weights of those gates that see c
     * @param gates [G] becomes the gates' values
     * @param states the {@link Cell#states} before the step; becomes those after it
     */
    public void forward(double[] input, double[] recurrent, double[] peepholes, double[] gates, double[] states) {
        activate(false, input, recurrent, peepholes, gates, states);
        update.keep(gates, states);
        activate(true, input, recurrent, peepholes, gates, states);
        update.show(gates, states);
    }

    /** The gates that see c as it now is, {@code late} those that see it after the step. */
    private void activate(
            boolean late, double[] input, double[] recurrent, double[] peepholes, double[] gates, double[] states) {
        int peephole = 0;
        for (int gate = 0; gate < gates.length; gate++) {
            Gate row = rows.get(gate);
            double weight = row.weigher().isPresent() ? gates[row.weigher().getAsInt()] : 1;
            double a = input[gate] + weight * recurrent[gate];
            if (row.peephole() != Gate.Peephole.NONE) {
                a += peepholes[peephole++] * states[states.length - 1];
            }
            if (late == isLate(row)) {
                gates[gate] = row.activation().of(a);
            }
        }
    }

    private static boolean isLate(Gate row) {
        return row.peephole() == Gate.Peephole.AFTER;
    }

    /**
     * The way back through {@link #forward}.
     *
     * @param gates [G] that it found
     * @param recurrent [G] that it was given
     * @param peepholes that it was given
     * @param before the states before it
     * @param after the states after it
     * @param dStates gradients by the states after it; becomes those by the states before it, but for what goes through
     *     W_hh·h
     * @param dInput [G] becomes those by W_ih·x + b_ih
     * @param dRecurrent [G] becomes those by W_hh·h + b_hh
     */
    public void back(
            double[] gates,
            double[] recurrent,
            double[] peepholes,
            double[] before,
            double[] after,
            double[] dStates,
            double[] dInput,
            double[] dRecurrent) {
        update.backFromShow(gates, after, dInput, dStates);
        slopes(true, gates, recurrent, peepholes, dStates, dInput, dRecurrent);
        update.backFromKeep(gates, before, dInput, dStates);
        slopes(false, gates, recurrent, peepholes, dStates, dInput, dRecurrent);
    }

    /** From gradients by the gates' values to those by what they are made of. */
    private void slopes(
            boolean late,
            double[] gates,
            double[] recurrent,
            double[] peepholes,
            double[] dStates,
            double[] dInput,
            double[] dRecurrent) {
        int peephole = peepholes.length;
        // A gate is weighed by an earlier one, whose gradient is whole once the later ones are done.
        for (int gate = gates.length - 1; gate >= 0; gate--) {
            Gate row = rows.get(gate);
            boolean sees = row.peephole() != Gate.Peephole.NONE;
            peephole -= sees ? 1 : 0;
            if (late != isLate(row)) {
                continue;
            }
            dInput[gate] *= row.activation().slope(gates[gate]);
            dRecurrent[gate] = dInput[gate];
            if (sees) {
                dStates[dStates.length - 1] += dInput[gate] * peepholes[peephole];
            }
            if (row.weigher().isPresent()) {
                int weigher = row.weigher().getAsInt();
                dRecurrent[gate] *= gates[weigher];
                dInput[weigher] += dInput[gate] * recurrent[gate];
            }
        }
    }
}
