package lstmgpu.backend;

import java.util.OptionalInt;

/**
 * H rows of a cell's weights, one a unit: value = activation(W_ih·x + b_ih + w·(W_hh·h + b_hh)), where w is 1 or
 * another gate's value; a gate that sees the cell state adds p·c before the activation.
 *
 * @param signal what the value is; HIDDEN where it is h itself
 * @param weigher which gate w is, by its place among the cell's; empty where w is 1
 * @param bias what b_ih and b_hh together begin with, all of it in b_ih; null where they begin as the run's
 *     initialisation says
 * @param peephole which c it sees
 */
public record Gate(CellSignal signal, Activation activation, OptionalInt weigher, Float bias, Gate.Peephole peephole) {
    /** Which cell state a gate sees (Gers and Schmidhuber 2000). */
    public enum Peephole {
        NONE,
        /** That before the step. */
        BEFORE,
        /** That after it. */
        AFTER
    }

    static Gate of(CellSignal signal, Activation activation) {
        return new Gate(signal, activation, OptionalInt.empty(), null, Peephole.NONE);
    }

    Gate weighedBy(int gate) {
        return new Gate(signal, activation, OptionalInt.of(gate), bias, peephole);
    }

    Gate withBias(float value) {
        return new Gate(signal, activation, weigher, value, peephole);
    }

    Gate seeing(Peephole state) {
        return new Gate(signal, activation, weigher, bias, state);
    }
}
