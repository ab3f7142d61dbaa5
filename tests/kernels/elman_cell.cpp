#include <cmath>

#include "harness.h"

namespace {

void forward(Run &run, int sequences, int units, bool table, bool relu) {
    const char *kernel = relu ? "elman_relu_forward" : "elman_tanh_forward";
    long64 n = (long64)sequences * units;
    Array tokens = run.integers(sequences, "tokens", 0, 5);
    Array input = run.floats((table ? 5 : sequences) * (long64)units, "input"), recurrent = run.floats(n, "recurrent");
    Array input_bias = run.floats(units, "input_bias"), recurrent_bias = run.floats(units, "recurrent_bias");
    Array h = run.empty(FLOAT, n, "h"), factor = run.empty(REAL, n, "h_factor");
    if (table) {
        run.launch(kernel, n, input, tokens, recurrent, None, recurrent_bias, h, None, sequences, units);
    } else {
        run.launch(kernel, n, input, None, recurrent, input_bias, recurrent_bias, h, factor, sequences, units);
    }
    auto value = [&](long64 i) {
        long64 sequence = i / units, unit = i % units, row = table ? (long64)tokens[sequence] : sequence;
        double a = input[row * units + unit] + recurrent[i] + recurrent_bias[unit] + (table ? 0 : input_bias[unit]);
        return relu ? std::max(0.0, a) : std::tanh(a);
    };
    run.expect(h, value, run.float_tolerance(4));
    if (!table) run.expect(factor, value, run.real_tolerance(4));
}

void backward(Run &run, int sequences, int units, bool last, bool relu) {
    const char *kernel = relu ? "elman_relu_backward" : "elman_tanh_backward";
    long64 n = (long64)sequences * units;
    Array dy = run.floats(n, "dy"), d_recurrent = run.floats(n, "d_recurrent"), h = run.floats(n, "h");
    Array d_gates = run.empty(REAL, n, "d_gates");
    if (last) {
        run.launch(kernel, n, dy, None, h, d_gates, sequences, units);
    } else {
        run.launch(kernel, n, dy, d_recurrent, h, d_gates, sequences, units);
    }
    auto value = [&](long64 i) {
        return (dy[i] + (last ? 0 : d_recurrent[i])) * (relu ? (h[i] > 0 ? 1 : 0) : 1 - h[i] * h[i]);
    };
    run.expect(d_gates, value, run.real_tolerance(4));
}

}  // namespace

CASES(elman_cell, TWICE) {
    for (int units : run.sizes()) {
        for (bool relu : {false, true}) {
            for (int sequences : {3, 7}) {
                forward(run, sequences, units, false, relu);
                forward(run, sequences, units, true, relu);
                backward(run, sequences, units, true, relu);
                backward(run, sequences, units, false, relu);
            }
        }
    }
}
