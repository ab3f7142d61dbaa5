package lstmgpu.backend;

import java.util.List;

/** A step of one unit of a cell in float64, and the way back, in two parts each: what is kept, and what is shown. */
public final class CellStep {
    private final List<Gate> rows;
    private final CellUpdate update;

    public CellStep(Cell cell) {
        this.rows = cell.rows();
        this.update = cell.update();
    }

    /**
     * The first part of the step, up to what is kept.
     *
     * @param input [G] W_ih·x + b_ih; where products are normalised, what the norm makes of the product, and so below
     * @param recurrent [G] W_hh·h + b_hh
     * @param peepholes the weights of those gates that see c
     * @param gates [G] becomes the gates' values, but for those that see c after the step
     * @param states the {@link Cell#states} before the step; what is kept becomes that after it
     */
    public void keep(double[] input, double[] recurrent, double[] peepholes, double[] gates, double[] states) {
        activate(false, input, recurrent, peepholes, gates, states);
        update.keep(gates, states);
    }

    /**
     * The rest of the step.
     *
     * @param states as {@link #keep} left them; become those after the step
     * @param seen the kept state as it is shown: itself, or what a norm makes of it
     */
    public void show(
            double[] input, double[] recurrent, double[] peepholes, double[] gates, double[] states, double seen) {
        activate(true, input, recurrent, peepholes, gates, states);
        update.show(gates, states, seen);
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
     * The way back through {@link #show}.
     *
     * @param gates [G] that the step found
     * @param recurrent [G] that it was given
     * @param peepholes that it was given
     * @param seen that it was given
     * @param dStates gradients by the states after it; becomes those by what it was given, seen apart
     * @param dInput [G] becomes what is known of those by W_ih·x + b_ih
     * @param dRecurrent [G] likewise by W_hh·h + b_hh
     * @return that by what was seen
     */
    public double backFromShow(
            double[] gates,
            double[] recurrent,
            double[] peepholes,
            double seen,
            double[] dStates,
            double[] dInput,
            double[] dRecurrent) {
        double dSeen = update.backFromShow(gates, seen, dInput, dStates);
        slopes(true, gates, recurrent, peepholes, dStates, dInput, dRecurrent);
        return dSeen;
    }

    /**
     * The way back through {@link #keep}.
     *
     * @param before the states before it
     * @param dStates gradients by what it left; becomes those by the states before it, but for what goes through W_hh·h
     * @param dInput [G] as {@link #backFromShow} left it; becomes whole
     * @param dRecurrent [G] likewise
     */
    public void backFromKeep(
            double[] gates,
            double[] recurrent,
            double[] peepholes,
            double[] before,
            double[] dStates,
            double[] dInput,
            double[] dRecurrent) {
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
