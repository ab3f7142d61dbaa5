#include <cmath>

#include "harness.h"

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Step {
    double i, f, g, o, c, h;
};

// What the formulas of the file's head give for one sequence and unit.
struct Forward {
    const Array &input, &recurrent, &input_bias, &recurrent_bias, &peepholes, &c_before;
    const Array *tokens;
    int units;

    Step operator()(long64 place) const {
        long64 sequence = place / units, unit = place % units, row = tokens ? (long64)(*tokens)[sequence] : sequence;
        double a[4];
        for (int gate = 0; gate < 4; gate++) {
            long64 column = gate * (long64)units + unit;
            a[gate] = input[row * 4 * units + column] + recurrent[sequence * 4 * units + column]
                    + recurrent_bias[column];
            if (!tokens) a[gate] += input_bias[column];
        }
        double before = c_before[place];
        Step step = {sigmoid(a[0] + peepholes[unit] * before), sigmoid(a[1] + peepholes[units + unit] * before),
                     std::tanh(a[2]), 0, 0, 0};
        step.c = step.f * before + step.i * step.g;
        step.o = sigmoid(a[3] + peepholes[2 * units + unit] * step.c);
        step.h = step.o * std::tanh(step.c);
        return step;
    }
};

double gate_of(const Step &step, long64 column, int units) {
    long64 gate = column / units;
    return gate == 0 ? step.i : gate == 1 ? step.f : gate == 2 ? step.g : step.o;
}

void forward(Run &run, int sequences, int units, bool table, bool training, double scale) {
    long64 n = (long64)sequences * units;
    Array tokens = run.integers(sequences, "tokens", 0, 5);
    Array input = run.floats((table ? 5 : sequences) * 4ll * units, "input", scale);
    Array recurrent = run.floats(4 * n, "recurrent", scale);
    Array input_bias = run.floats(4 * units, "input_bias"), recurrent_bias = run.floats(4 * units, "recurrent_bias");
    Array c_before = run.floats(n, "c_before", 2), peepholes = run.floats(3 * units, "peepholes");
    Array gates = run.empty(REAL, 4 * n, "gates"), c = run.empty(FLOAT, n, "c"), h = run.empty(FLOAT, n, "h");
    Array factor = run.empty(REAL, n, "h_factor");
    Forward want = {input, recurrent, input_bias, recurrent_bias, peepholes, c_before, table ? &tokens : nullptr,
            units};
    if (table && training) {
        run.launch("peephole_lstm_forward", n, input, tokens, recurrent, None, recurrent_bias, peepholes, c_before,
                gates, c, h, factor, sequences, units);
    } else if (table) {
        run.launch("peephole_lstm_forward", n, input, tokens, recurrent, None, recurrent_bias, peepholes, c_before,
                None, c, h, None, sequences, units);
    } else {
        run.launch("peephole_lstm_forward", n, input, None, recurrent, input_bias, recurrent_bias, peepholes,
                c_before, gates, c, h, factor, sequences, units);
    }
    run.expect(c, [&](long64 i) { return want(i).c; }, run.float_tolerance(4));
    run.expect(h, [&](long64 i) { return want(i).h; }, run.float_tolerance(4));
    if (table && !training) return;
    run.expect(factor, [&](long64 i) { return want(i).h; }, run.real_tolerance(4));
    run.expect(
        gates,
        [&](long64 i) {
            long64 sequence = i / (4 * units), column = i % (4 * units);
            return gate_of(want(sequence * units + column % units), column, units);
        },
        run.real_tolerance(4));
}

void backward(Run &run, int sequences, int units, bool last) {
    long64 n = (long64)sequences * units;
    Array dy = run.floats(n, "dy"), d_recurrent = run.floats(n, "d_recurrent"), c_before = run.floats(n, "c_before", 2);
    Array c = run.floats(n, "c", 2), peepholes = run.floats(3 * units, "peepholes");
    Array carried = last ? run.empty(FLOAT, n, "carried") : run.floats(n, "carried");
    Array gates = run.reals(4 * n, "gates", 0.99);
    if (last) {
        run.launch("peephole_lstm_backward", n, dy, None, peepholes, c_before, c, carried, gates, sequences, units);
    } else {
        run.launch("peephole_lstm_backward", n, dy, d_recurrent, peepholes, c_before, c, carried, gates, sequences,
                units);
    }
    auto gate = [&](long64 i, int which) { return gates[i / units * 4 * units + which * (long64)units + i % units]; };
    auto dh = [&](long64 i) { return dy[i] + (last ? 0 : d_recurrent[i]); };
    auto slope = [&](long64 i, int which) {
        double value = gate(i, which);
        return value * (1 - value);
    };
    auto d_out = [&](long64 i) { return dh(i) * std::tanh(c[i]) * slope(i, 3); };
    auto dc = [&](long64 i) {
        double t = std::tanh(c[i]);
        return (last ? 0 : carried[i]) + dh(i) * gate(i, 3) * (1 - t * t) + d_out(i) * peepholes[2 * units + i % units];
    };
    auto d_in = [&](long64 i) { return dc(i) * gate(i, 2) * slope(i, 0); };
    auto d_forget = [&](long64 i) { return dc(i) * c_before[i] * slope(i, 1); };
    run.expect(
        carried,
        [&](long64 i) {
            long64 unit = i % units;
            return dc(i) * gate(i, 1) + d_in(i) * peepholes[unit] + d_forget(i) * peepholes[units + unit];
        },
        run.float_tolerance(4));
    run.expect(
        gates,
        [&](long64 place) {
            long64 column = place % (4 * units), i = place / (4 * units) * units + column % units;
            switch (column / units) {
                case 0: return d_in(i);
                case 1: return d_forget(i);
                case 2: return dc(i) * gate(i, 0) * (1 - gate(i, 2) * gate(i, 2));
                default: return d_out(i);
            }
        },
        run.real_tolerance(4));
}

}  // namespace

CASES(peephole_lstm_cell, TWICE) {
    for (int units : run.sizes()) {
        for (int sequences : {1, 7}) {
            forward(run, sequences, units, false, true, 3);
            forward(run, sequences, units, true, true, 3);
            backward(run, sequences, units, true);
            backward(run, sequences, units, false);
        }
    }
    forward(run, 33, 33, true, false, 3);
    forward(run, 7, 33, false, true, 400);  // gates far beyond where e^x overflows
}
