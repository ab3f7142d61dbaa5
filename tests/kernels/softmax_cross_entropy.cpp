// Cases of kernels/softmax_cross_entropy.cu.
#include <algorithm>
#include <cmath>

#include "harness.h"

namespace {

struct Softmax {
    const Array &z, &targets;
    int vocabulary;

    double largest(long64 row) const {
        double most = z[row * vocabulary];
        for (int v = 1; v < vocabulary; v++) most = std::max(most, z[row * vocabulary + v]);
        return most;
    }
    int best(long64 row) const {
        int v = 0;
        while (z[row * vocabulary + v] < largest(row)) v++;
        return v;
    }
    double sum(long64 row) const {
        double total = 0, most = largest(row);
        for (int v = 0; v < vocabulary; v++) total += std::exp(z[row * vocabulary + v] - most);
        return total;
    }
    double loss(long64 row) const { return std::log(sum(row)) + largest(row) - z[row * vocabulary + (long64)targets[row]]; }
};

void check(Run &run, int rows, int vocabulary, int threads, double spread, float smoothing = 0) {
    const float scale = 0.25f;
    long64 n = (long64)rows * vocabulary, blocks = (rows * threads + 255) / 256;
    std::vector<double> logits = run.floats(n, "z", spread).values;
    if (vocabulary > 2) logits[1] = logits[(size_t)vocabulary - 1] = spread;  // two equals, the largest of the first row
    Array z = run.make(FLOAT, logits, "z"), in_place = run.make(FLOAT, logits, "in place");
    Array targets = run.integers(rows, "targets", 0, vocabulary);
    Array losses = run.empty(FLOAT, rows, "losses"), dz = run.empty(FLOAT, n, "dz"), best = run.empty(INT, rows, "best");
    Softmax want = {z, targets, vocabulary};
    std::vector<double> sums, most;
    for (int row = 0; row < rows; row++) sums.push_back(want.sum(row)), most.push_back(want.largest(row));
    auto loss = [&](long64 row) { return want.loss(row); };
    auto slope = [&](long64 i) {
        size_t row = (size_t)(i / vocabulary);
        double wanted = i % vocabulary == targets[(long64)row] ? 1 - smoothing : 0;
        return scale * (std::exp(z[i] - most[row]) / sums[row] - wanted - smoothing / vocabulary);
    };
    // A single token has no loss and no slope; elsewhere a loss may be small beside the logits it is the difference of.
    double tolerance = run.float_tolerance(vocabulary) * std::max(1.0, spread);
    run.launch_grid("softmax_cross_entropy", blocks, 1, z, targets, losses, dz, best, (long64)rows, vocabulary,
            threads, scale, smoothing);
    run.expect(losses, loss, tolerance);
    run.expect(dz, slope, run.float_tolerance(vocabulary, true));
    run.expect_exactly(best, [&](long64 row) { return want.best(row); });
    run.launch_grid("softmax_cross_entropy", blocks, 1, in_place, targets, losses, in_place, None, (long64)rows,
            vocabulary, threads, scale, smoothing);
    run.expect(in_place, slope, run.float_tolerance(vocabulary, true));
    run.launch_grid("softmax_cross_entropy", blocks, 1, z, targets, losses, None, best, (long64)rows, vocabulary,
            threads, scale, smoothing);
    run.expect(losses, loss, tolerance);
}

// Every second row has no target.
void check_left_out(Run &run, int rows, int vocabulary, int threads) {
    long64 n = (long64)rows * vocabulary;
    std::vector<double> wanted = run.integers(rows, "targets", 0, vocabulary).values;
    for (size_t row = 0; row < wanted.size(); row += 2) wanted[row] = -1;
    Array z = run.floats(n, "z"), targets = run.make(INT, wanted, "some targets");
    Array losses = run.empty(FLOAT, rows, "losses"), dz = run.floats(n, "dz"), best = run.empty(INT, rows, "best");
    Softmax want = {z, targets, vocabulary};
    run.launch_grid("softmax_cross_entropy", (rows * threads + 255) / 256, 1, z, targets, losses, dz, best, (long64)rows,
                    vocabulary, threads, 1.0f, 0.0f);
    run.expect(losses, [&](long64 row) { return row % 2 ? want.loss(row) : 0; }, run.float_tolerance(vocabulary));
    run.expect_exactly(best, [&](long64 row) { return row % 2 ? want.best(row) : 0; });
    run.expect(dz, [&](long64 i) {
        long64 row = i / vocabulary;
        if (row % 2 == 0) return dz[i];
        return std::exp(z[i] - want.largest(row)) / want.sum(row) - (i % vocabulary == targets[row]);
    }, run.float_tolerance(vocabulary, true));
}

}  // namespace

CASES(softmax_cross_entropy, ONCE) {
    for (auto [rows, vocabulary] : run.pairs()) check(run, rows, vocabulary, 32, 4);
    check(run, 33, 20, 1, 4);                         // longer than the registers of one thread
    check(run, 7, run.size(600, 70), 4, 4);           // of a few
    check(run, 3, run.size(257 * 33, 300), 256, 30);  // of a block
    check(run, 7, 33, 32, 300);                       // where e^z overflows
    check(run, 33, 20, 1, 4, 0.25f);                  // smoothed labels, of a long row and of a short one
    check(run, 7, 33, 32, 4, 0.1f);
    check_left_out(run, 33, 20, 1);
    check_left_out(run, 7, 33, 32);
}
