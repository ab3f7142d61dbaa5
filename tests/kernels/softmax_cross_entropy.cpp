#include <cmath>

#include "harness.h"

namespace {

const float SCALE = 0.3f;

struct Rows {
    const Array &z, &targets;
    int vocabulary;

    double largest(long64 n) const { return z[n * vocabulary + (long64)best(n)]; }
    double best(long64 n) const {
        int at = 0;
        for (int v = 1; v < vocabulary; v++)
            if (z[n * vocabulary + v] > z[n * vocabulary + at]) at = v;
        return at;
    }
    double sum(long64 n) const {
        double total = 0;
        for (int v = 0; v < vocabulary; v++) total += std::exp(z[n * vocabulary + v] - largest(n));
        return total;
    }
    double loss(long64 n) const { return std::log(sum(n)) + largest(n) - z[n * vocabulary + (long64)targets[n]]; }
};

void rows(Run &run, int n, int vocabulary, int threads, double spread, bool in_place) {
    long64 size = (long64)n * vocabulary;
    std::vector<double> logits = run.floats(size, "z", spread).values;
    if (spread < 1) {  // many equal ones
        for (double &value : logits) value = std::round(value * 4);
    }
    Array z = run.make(FLOAT, logits, "z"), targets = run.integers(n, "targets", 0, vocabulary);
    Array losses = run.empty(FLOAT, n, "losses"), dz = run.empty(FLOAT, size, "dz"), best = run.empty(INT, n, "best");
    Rows rows{z, targets, vocabulary};
    long64 blocks = (n + 256 / threads - 1) / (256 / threads);
    auto slope = [&](long64 i) {
        long64 row = i / vocabulary, v = i % vocabulary;
        return SCALE * (std::exp(z[i] - rows.largest(row)) / rows.sum(row) - (v == (long64)targets[row]));
    };
    run.launch_grid("softmax_cross_entropy", blocks, 1, z, targets, losses, None, None, (long64)n, vocabulary, threads, SCALE);
    run.expect(losses, [&](long64 i) { return rows.loss(i); }, run.float_tolerance(vocabulary));
    if (in_place) {
        run.launch_grid("softmax_cross_entropy", blocks, 1, z, targets, losses, z, best, (long64)n, vocabulary, threads, SCALE);
    } else {
        run.launch_grid("softmax_cross_entropy", blocks, 1, z, targets, losses, dz, best, (long64)n, vocabulary, threads, SCALE);
    }
    run.expect(losses, [&](long64 i) { return rows.loss(i); }, run.float_tolerance(vocabulary));
    run.expect(in_place ? z : dz, slope, 2 * run.float_tolerance(vocabulary));
    run.expect_exactly(best, [&](long64 i) { return rows.best(i); });
}

}  // namespace

CASES(softmax_cross_entropy, ONCE) {
    for (int vocabulary : {1, 7, 33}) {
        for (double spread : {0.9, 5.0, 1e4}) rows(run, run.size(33, 9), vocabulary, 32, spread, vocabulary == 7);
    }
    rows(run, 3, run.size(700, 40), 64, 5, false);
    rows(run, 2, run.size(600, 520), 32, 5, true);  // longer than its threads' registers
    rows(run, 2, run.size(600, 520), 32, 1e4, false);
    rows(run, 2, run.size(4500, 300), 256, 0.9, true);
}
