#include <cmath>

#include "harness.h"

namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Step {
    double r, z, n, q, h;
};

// What the formulas of the file's head give for one sequence and unit.
struct Forward {
    const Array &input, &recurrent, &input_bias, &recurrent_bias, &h_before;
    const Array *tokens;
    int units;

    Step operator()(long64 place) const {
        long64 sequence = place / units, unit = place % units, row = tokens ? (long64)(*tokens)[sequence] : sequence;
        double x[3], a[3];
        for (int gate = 0; gate < 3; gate++) {
            long64 column = gate * (long64)units + unit;
            x[gate] = input[row * 3 * units + column] + (tokens ? 0 : input_bias[column]);
            a[gate] = recurrent[sequence * 3 * units + column] + recurrent_bias[column];
        }
        Step step = {sigmoid(x[0] + a[0]), sigmoid(x[1] + a[1]), 0, a[2], 0};
        step.n = std::tanh(x[2] + step.r * step.q);
        step.h = (1 - step.z) * step.n + step.z * h_before[place];
        return step;
    }
};

void forward(Run &run, int sequences, int units, bool table, bool training, double scale) {
    long64 n = (long64)sequences * units;
    Array tokens = run.integers(sequences, "tokens", 0, 5);
    Array input = run.floats((table ? 5 : sequences) * 3ll * units, "input", scale), recurrent = run.floats(3 * n, "recurrent", scale);
    Array input_bias = run.floats(3 * units, "input_bias"), recurrent_bias = run.floats(3 * units, "recurrent_bias");
    Array h_before = run.floats(n, "h_before");
    Array gates = run.empty(REAL, 3 * n, "gates"), q = run.empty(REAL, n, "q"), h = run.empty(FLOAT, n, "h");
    Array factor = run.empty(REAL, n, "h_factor");
    Forward want = {input, recurrent, input_bias, recurrent_bias, h_before, table ? &tokens : nullptr, units};
    if (table && training) {
        run.launch("gru_forward", n, input, tokens, recurrent, None, recurrent_bias, h_before, gates, q, h, factor, sequences, units);
    } else if (table) {
        run.launch("gru_forward", n, input, tokens, recurrent, None, recurrent_bias, h_before, None, None, h, None, sequences, units);
    } else {
        run.launch("gru_forward", n, input, None, recurrent, input_bias, recurrent_bias, h_before, gates, q, h, factor, sequences, units);
    }
    run.expect(h, [&](long64 i) { return want(i).h; }, run.float_tolerance(4));
    if (table && !training) return;
    run.expect(factor, [&](long64 i) { return want(i).h; }, run.real_tolerance(4));
    run.expect(q, [&](long64 i) { return want(i).q; }, run.real_tolerance(4));
    run.expect(
        gates,
        [&](long64 i) {
            long64 column = i % (3 * units);
            Step step = want(i / (3 * units) * units + column % units);
            return column / units == 0 ? step.r : column / units == 1 ? step.z : step.n;
        },
        run.real_tolerance(4));
}

void backward(Run &run, int sequences, int units, bool last) {
    long64 n = (long64)sequences * units;
    Array dy = run.floats(n, "dy"), d_recurrent = run.floats(n, "d_recurrent"), h_before = run.floats(n, "h_before");
    Array q = run.reals(n, "q", 2);
    Array carried = last ? run.empty(FLOAT, n, "carried") : run.floats(n, "carried");
    Array gates = run.reals(3 * n, "gates", 0.99), d_hidden = run.empty(REAL, 3 * n, "d_hidden");
    if (last) {
        run.launch("gru_backward", n, dy, None, h_before, q, carried, gates, d_hidden, sequences, units);
    } else {
        run.launch("gru_backward", n, dy, d_recurrent, h_before, q, carried, gates, d_hidden, sequences, units);
    }
    auto gate = [&](long64 i, int which) { return gates[i / units * 3 * units + which * (long64)units + i % units]; };
    auto dh = [&](long64 i) { return dy[i] + (last ? 0 : d_recurrent[i] + carried[i]); };
    auto gradient = [&](long64 place, bool hidden) {
        long64 column = place % (3 * units), i = place / (3 * units) * units + column % units;
        double r = gate(i, 0), z = gate(i, 1), candidate = gate(i, 2);
        double dn = dh(i) * (1 - z) * (1 - candidate * candidate);
        switch (column / units) {
            case 0: return dn * q[i] * r * (1 - r);
            case 1: return dh(i) * (h_before[i] - candidate) * z * (1 - z);
            default: return hidden ? dn * r : dn;
        }
    };
    run.expect(carried, [&](long64 i) { return dh(i) * gate(i, 1); }, run.float_tolerance(4));
    run.expect(gates, [&](long64 i) { return gradient(i, false); }, run.real_tolerance(4));
    run.expect(d_hidden, [&](long64 i) { return gradient(i, true); }, run.real_tolerance(4));
}

}  // namespace

CASES(gru_cell, TWICE) {
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
