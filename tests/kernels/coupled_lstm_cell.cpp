#include <cmath>

#include "harness.h"

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Step {
    double i, g, o, c, h;
};

// What the formulas of the file's head give for one sequence and unit.
struct Forward {
    const Array &input, &recurrent, &input_bias, &recurrent_bias, &c_before;
    const Array *tokens;
    int units;

    Step operator()(long64 place) const {
        long64 sequence = place / units, unit = place % units, row = tokens ? (long64)(*tokens)[sequence] : sequence;
        double a[3];
        for (int gate = 0; gate < 3; gate++) {
            long64 column = gate * (long64)units + unit;
            a[gate] = input[row * 3 * units + column] + recurrent[sequence * 3 * units + column]
                    + recurrent_bias[column];
            if (!tokens) a[gate] += input_bias[column];
        }
        Step step = {sigmoid(a[0]), std::tanh(a[1]), sigmoid(a[2]), 0, 0};
        step.c = (1 - step.i) * c_before[place] + step.i * step.g;
        step.h = step.o * std::tanh(step.c);
        return step;
    }
};

double gate_of(const Step &step, long64 column, int units) {
    long64 gate = column / units;
    return gate == 0 ? step.i : gate == 1 ? step.g : step.o;
}

void forward(Run &run, int sequences, int units, bool table, bool training, double scale) {
    long64 n = (long64)sequences * units;
    Array tokens = run.integers(sequences, "tokens", 0, 5);
    Array input = run.floats((table ? 5 : sequences) * 3ll * units, "input", scale);
    Array recurrent = run.floats(3 * n, "recurrent", scale);
    Array input_bias = run.floats(3 * units, "input_bias"), recurrent_bias = run.floats(3 * units, "recurrent_bias");
    Array c_before = run.floats(n, "c_before", 2);
    Array gates = run.empty(REAL, 3 * n, "gates"), c = run.empty(FLOAT, n, "c"), h = run.empty(FLOAT, n, "h");
    Array factor = run.empty(REAL, n, "h_factor");
    Forward want = {input, recurrent, input_bias, recurrent_bias, c_before, table ? &tokens : nullptr, units};
    if (table && training) {
        run.launch("coupled_lstm_forward", n, input, tokens, recurrent, None, recurrent_bias, c_before, gates, c, h,
                factor, sequences, units);
    } else if (table) {
        run.launch("coupled_lstm_forward", n, input, tokens, recurrent, None, recurrent_bias, c_before, None, c, h,
                None, sequences, units);
    } else {
        run.launch("coupled_lstm_forward", n, input, None, recurrent, input_bias, recurrent_bias, c_before, gates, c,
                h, factor, sequences, units);
    }
    run.expect(c, [&](long64 i) { return want(i).c; }, run.float_tolerance(4));
    run.expect(h, [&](long64 i) { return want(i).h; }, run.float_tolerance(4));
    if (table && !training) return;
    run.expect(factor, [&](long64 i) { return want(i).h; }, run.real_tolerance(4));
    run.expect(
        gates,
        [&](long64 i) {
            long64 sequence = i / (3 * units), column = i % (3 * units);
            return gate_of(want(sequence * units + column % units), column, units);
        },
        run.real_tolerance(4));
}

void backward(Run &run, int sequences, int units, bool last) {
    long64 n = (long64)sequences * units;
    Array dy = run.floats(n, "dy"), d_recurrent = run.floats(n, "d_recurrent"), c_before = run.floats(n, "c_before", 2);
    Array c = run.floats(n, "c", 2);
    Array carried = last ? run.empty(FLOAT, n, "carried") : run.floats(n, "carried");
    Array gates = run.reals(3 * n, "gates", 0.99);
    if (last) {
        run.launch("coupled_lstm_backward", n, dy, None, c_before, c, carried, gates, sequences, units);
    } else {
        run.launch("coupled_lstm_backward", n, dy, d_recurrent, c_before, c, carried, gates, sequences, units);
    }
    auto gate = [&](long64 i, int which) { return gates[i / units * 3 * units + which * (long64)units + i % units]; };
    auto dh = [&](long64 i) { return dy[i] + (last ? 0 : d_recurrent[i]); };
    auto dc = [&](long64 i) {
        double t = std::tanh(c[i]);
        return (last ? 0 : carried[i]) + dh(i) * gate(i, 2) * (1 - t * t);
    };
    run.expect(carried, [&](long64 i) { return dc(i) * (1 - gate(i, 0)); }, run.float_tolerance(4));
    run.expect(
        gates,
        [&](long64 place) {
            long64 column = place % (3 * units), i = place / (3 * units) * units + column % units;
            double in = gate(i, 0), candidate = gate(i, 1), out = gate(i, 2);
            switch (column / units) {
                case 0: return dc(i) * (candidate - c_before[i]) * in * (1 - in);
                case 1: return dc(i) * in * (1 - candidate * candidate);
                default: return dh(i) * std::tanh(c[i]) * out * (1 - out);
            }
        },
        run.real_tolerance(4));
}

}  // namespace

CASES(coupled_lstm_cell, TWICE) {
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
