#include <cmath>
#include <vector>

#include "harness.h"

namespace {

using Numbers = std::vector<double>;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// (v − mean)/√(var + ε) of some numbers, and the way back.
struct Norm {
    Numbers normed;
    double scale;

    template <typename Value>
    Norm(int count, const Value &value) : normed(count) {
        double mean = 0, squares = 0;
        for (int k = 0; k < count; k++) mean += value(k) / count;
        for (int k = 0; k < count; k++) squares += (value(k) - mean) * (value(k) - mean);
        scale = 1 / std::sqrt(squares / count + 1e-5);
        for (int k = 0; k < count; k++) normed[k] = (value(k) - mean) * scale;
    }
};

Numbers back(const Numbers &normed, double scale, const Numbers &d) {
    double mean = 0, along = 0;
    for (size_t k = 0; k < d.size(); k++) mean += d[k] / d.size(), along += d[k] * normed[k] / d.size();
    Numbers result(d.size());
    for (size_t k = 0; k < d.size(); k++) result[k] = scale * (d[k] - mean - normed[k] * along);
    return result;
}

struct Weights {
    Array input_bias, recurrent_bias, input_gain, recurrent_gain, cell_gain, cell_shift;

    Weights(Run &run, int units)
        : input_bias(run.floats(4 * units, "input_bias")), recurrent_bias(run.floats(4 * units, "recurrent_bias")),
          input_gain(run.floats(4 * units, "input_gain")), recurrent_gain(run.floats(4 * units, "recurrent_gain")),
          cell_gain(run.floats(units, "cell_gain")), cell_shift(run.floats(units, "cell_shift")) {}

    // The gates of a sequence in the order i, f, g, o, activated.
    Numbers gates(int units, const Numbers &x, const Numbers &r) const {
        Numbers gates(4 * units);
        for (int row = 0; row < 4 * units; row++) {
            double a = input_gain[row] * x[row] + input_bias[row] + recurrent_gain[row] * r[row] + recurrent_bias[row];
            gates[row] = row / units == 2 ? std::tanh(a) : sigmoid(a);
        }
        return gates;
    }
};

void forward(Run &run, int sequences, int units, bool training, double scale) {
    long64 n = (long64)sequences * units;
    Array input = run.floats(4 * n, "input", scale), recurrent = run.floats(4 * n, "recurrent", scale);
    Weights weights(run, units);
    Array c_before = run.floats(n, "c_before", 2), c = run.shared(FLOAT, n, "c"), h = run.shared(FLOAT, n, "h");
    Array normed_input = run.empty(REAL, 4 * n, "normed_input"), normed_recurrent = run.empty(REAL, 4 * n, "normed_recurrent");
    Array scales = run.empty(FLOAT, 2 * sequences, "scales"), factor = run.empty(REAL, n, "h_factor");
    int blocks = sequences < 3 ? sequences : 3;
    if (training) {
        run.launch_grid("layer_norm_lstm_forward", blocks, 1, input, recurrent, weights.input_bias, weights.recurrent_bias, weights.input_gain, weights.recurrent_gain, weights.cell_gain, weights.cell_shift, c_before, normed_input, normed_recurrent, scales, c, h, factor, sequences, units);
    } else {
        run.launch_grid("layer_norm_lstm_forward", blocks, 1, input, recurrent, weights.input_bias, weights.recurrent_bias, weights.input_gain, weights.recurrent_gain, weights.cell_gain, weights.cell_shift, c_before, None, None, None, c, h, None, sequences, units);
    }
    Numbers want_x, want_r, want_scales, want_c, want_h;
    for (int sequence = 0; sequence < sequences; sequence++) {
        long64 first = 4ll * sequence * units, at = (long64)sequence * units;
        Norm x(4 * units, [&](int k) { return (double)input[first + k]; }), r(4 * units, [&](int k) { return (double)recurrent[first + k]; });
        Numbers gates = weights.gates(units, x.normed, r.normed), state(units);
        for (int u = 0; u < units; u++) state[u] = gates[units + u] * c_before[at + u] + gates[u] * gates[2 * units + u];
        Norm shown(units, [&](int k) { return state[k]; });
        for (int u = 0; u < units; u++) {
            want_c.push_back(state[u]);
            want_h.push_back(gates[3 * units + u] * std::tanh(weights.cell_gain[u] * shown.normed[u] + weights.cell_shift[u]));
        }
        want_x.insert(want_x.end(), x.normed.begin(), x.normed.end());
        want_r.insert(want_r.end(), r.normed.begin(), r.normed.end());
        want_scales.push_back(x.scale);
        want_scales.push_back(r.scale);
    }
    run.expect(c, [&](long64 i) { return want_c[i]; }, run.float_tolerance(4 * units));
    run.expect(h, [&](long64 i) { return want_h[i]; }, run.float_tolerance(4 * units));
    if (!training) return;
    run.expect(factor, [&](long64 i) { return want_h[i]; }, run.real_tolerance(4 * units));
    run.expect(normed_input, [&](long64 i) { return want_x[i]; }, run.real_tolerance(4 * units));
    run.expect(normed_recurrent, [&](long64 i) { return want_r[i]; }, run.real_tolerance(4 * units));
    run.expect(scales, [&](long64 i) { return want_scales[i]; }, run.float_tolerance(4 * units));
}

void backward(Run &run, int sequences, int units, bool last) {
    long64 n = (long64)sequences * units;
    Weights weights(run, units);
    Array dy = run.floats(n, "dy"), d_recurrent = run.floats(n, "d_recurrent"), c_before = run.floats(n, "c_before", 2);
    Array c = run.floats(n, "c", 2), carried = last ? run.empty(FLOAT, n, "carried") : run.floats(n, "carried");
    Array normed_input = run.reals(4 * n, "normed_input"), normed_recurrent = run.reals(4 * n, "normed_recurrent");
    Array scales = run.floats(2 * sequences, "scales"), slopes = run.shared(FLOAT, 4 * n, "slopes");
    Array sums = last ? run.empty(FLOAT, 14 * n, "sums") : run.floats(14 * n, "sums");
    int blocks = sequences < 3 ? sequences : 3;
    if (last) {
        run.launch_grid("layer_norm_lstm_backward", blocks, 1, dy, None, weights.input_bias, weights.recurrent_bias, weights.input_gain, weights.recurrent_gain, weights.cell_gain, weights.cell_shift, c_before, c, carried, normed_input, normed_recurrent, scales, slopes, sums, sequences, units);
    } else {
        run.launch_grid("layer_norm_lstm_backward", blocks, 1, dy, d_recurrent, weights.input_bias, weights.recurrent_bias, weights.input_gain, weights.recurrent_gain, weights.cell_gain, weights.cell_shift, c_before, c, carried, normed_input, normed_recurrent, scales, slopes, sums, sequences, units);
    }
    Numbers want_carried, want_input, want_recurrent, want_sums(14 * n);
    for (long64 i = 0; i < 14 * n; i++) want_sums[i] = last ? 0 : sums[i];
    for (int sequence = 0; sequence < sequences; sequence++) {
        long64 first = 4ll * sequence * units, at = (long64)sequence * units;
        Numbers x(4 * units), r(4 * units), da(4 * units), dx(4 * units), dr(4 * units), d_normed(units);
        for (int row = 0; row < 4 * units; row++) x[row] = normed_input[first + row], r[row] = normed_recurrent[first + row];
        Numbers gates = weights.gates(units, x, r);
        Norm cell(units, [&](int k) { return (double)c[at + k]; });
        for (int u = 0; u < units; u++) {
            double shown = std::tanh(weights.cell_gain[u] * cell.normed[u] + weights.cell_shift[u]), o = gates[3 * units + u];
            double dh = dy[at + u] + (last ? 0 : d_recurrent[at + u]), ds = dh * o * (1 - shown * shown);
            da[3 * units + u] = dh * shown * o * (1 - o);
            d_normed[u] = ds * weights.cell_gain[u];
            want_sums[12 * n + at + u] += ds * cell.normed[u];
            want_sums[13 * n + at + u] += ds;
        }
        Numbers dc = back(cell.normed, cell.scale, d_normed);
        for (int u = 0; u < units; u++) {
            double i = gates[u], f = gates[units + u], g = gates[2 * units + u], total = dc[u] + (last ? 0 : carried[at + u]);
            da[u] = total * g * i * (1 - i);
            da[units + u] = total * c_before[at + u] * f * (1 - f);
            da[2 * units + u] = total * i * (1 - g * g);
            want_carried.push_back(total * f);
        }
        for (int row = 0; row < 4 * units; row++) {
            want_sums[first + row] += da[row] * x[row];
            want_sums[4 * n + first + row] += da[row] * r[row];
            want_sums[8 * n + first + row] += da[row];
            dx[row] = da[row] * weights.input_gain[row];
            dr[row] = da[row] * weights.recurrent_gain[row];
        }
        for (double value : back(x, scales[2 * sequence], dx)) want_input.push_back(value);
        for (double value : back(r, scales[2 * sequence + 1], dr)) want_recurrent.push_back(value);
    }
    run.expect(carried, [&](long64 i) { return want_carried[i]; }, run.float_tolerance(4 * units));
    run.expect(sums, [&](long64 i) { return want_sums[i]; }, run.float_tolerance(4 * units));
    run.expect(normed_input, [&](long64 i) { return want_input[i]; }, run.real_tolerance(4 * units));
    run.expect(normed_recurrent, [&](long64 i) { return want_recurrent[i]; }, run.real_tolerance(4 * units));
}

}  // namespace

CASES(layer_norm_lstm_cell, TWICE) {
    for (int units : {7, run.size(257, 40)}) {
        forward(run, units == 7 ? 5 : 1, units, true, 3);
        backward(run, 1, units, true);
        backward(run, units == 7 ? 5 : 1, units, false);
    }
    forward(run, 1, 33, false, 3);
    forward(run, 1, 7, true, 1e-3);  // so little that ε counts
    forward(run, 1, 1, true, 3);     // c of a single unit is its own mean
}
