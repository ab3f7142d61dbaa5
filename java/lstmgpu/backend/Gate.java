package lstmgpu.backend;

import java.util.OptionalInt;

/**
 * H rows of a cell's weights, one a unit: value = activation(W_ih·x + b_ih + w·(W_hh·h + b_hh)), where w is 1 or
 * another gate's value.
 *
 * @param signal what the value is; HIDDEN where it is h itself
 * @param weigher which gate w is, by its place among the cell's; empty where w is 1
 * @param bias what b_ih and b_hh together begin with, all of it in b_ih; null where they begin as the run's
 *     initialisation says
 */
public record Gate(CellSignal signal, Activation activation, OptionalInt weigher, Float bias) {
    static Gate of(CellSignal signal, Activation activation) {
        return new Gate(signal, activation, OptionalInt.empty(), null);
    }

    Gate weighedBy(int gate) {
        return new Gate(signal, activation, OptionalInt.of(gate), bias);
    }

    Gate withBias(float value) {
        return new Gate(signal, activation, weigher, value);
    }
}
