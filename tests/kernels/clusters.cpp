// Cases of kernels/clusters.cu.
#include <algorithm>
#include <cmath>

#include "harness.h"

namespace {

void check_partition(Run &run, int n, const std::vector<double> &cutoffs, int behind) {
    int clusters = (int)cutoffs.size() - 1;
    Array tokens = run.integers(n, "tokens", 0, (int)cutoffs.back()), limits = run.make(INT, cutoffs, "cutoffs");
    Array entries = run.empty(INT, n, "entries"), counts = run.empty(INT, clusters, "counts");
    Array places = run.empty(INT, (long64)clusters * n, "places"), inside = run.empty(INT, (long64)clusters * n, "inside");
    std::vector<double> entry(tokens.values), place((size_t)(clusters * n), 0), number((size_t)(clusters * n), behind);
    std::vector<double> count((size_t)clusters, 0);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < clusters; k++) {
            if (tokens[i] < cutoffs[(size_t)k] || tokens[i] >= cutoffs[(size_t)k + 1]) continue;
            size_t at = (size_t)(k * n) + (size_t)count[(size_t)k]++;
            entry[(size_t)i] = cutoffs[0] + k;
            place[at] = i;
            number[at] = tokens[i] - cutoffs[(size_t)k];
        }
    }
    run.launch_grid("partition", clusters, 1, tokens, limits, entries, places, inside, counts, n, behind);
    run.expect_exactly(entries, [&](long64 i) { return entry[(size_t)i]; });
    run.expect_exactly(places, [&](long64 i) { return place[(size_t)i]; });
    run.expect_exactly(inside, [&](long64 i) { return number[(size_t)i]; });
    run.expect_exactly(counts, [&](long64 k) { return count[(size_t)k]; });
}

void check_clear(Run &run, int rows, int width, int count, int before) {
    Array x = run.floats((long64)rows * width, "x"), counted = run.make(INT, {(double)count}, "count");
    run.launch("clear_behind", (long64)rows * width, x, counted, before, (long64)rows * width, width);
    run.expect_exactly(x, [&](long64 i) { return i / width < count - before ? x[i] : 0; });
}

double log_sum(const Array &z, long64 row, int width) {
    double most = -HUGE_VAL, sum = 0;
    for (int v = 0; v < width; v++) most = std::max(most, z[row * width + v]);
    for (int v = 0; v < width; v++) sum += std::exp(z[row * width + v] - most);
    return most + std::log(sum);
}

void check_softmax(Run &run, int rows, int width, bool within, double spread) {
    const int around = 9, entry = 8, at = 2, kept = std::max(1, width - 3), outputs = at + kept + 1;
    Array z = run.floats((long64)rows * width, "z", spread), outer = run.floats(rows * around, "outer", spread);
    Array out = run.floats((long64)rows * outputs, "out");
    if (within) run.launch_grid("log_softmax", rows, 1, z, outer, out, width, kept, outputs, at, around, entry);
    else run.launch_grid("log_softmax", rows, 1, z, None, out, width, kept, outputs, at, 0, 0);
    run.expect(out, [&](long64 i) {
        long64 row = i / outputs, j = i % outputs - at;
        if (j < 0 || j >= kept) return out[i];
        double shift = within ? outer[row * around + entry] - log_sum(outer, row, around) : 0;
        return z[row * width + j] - log_sum(z, row, width) + shift;
    }, run.float_tolerance(width));
}

}  // namespace

CASES(clusters, ONCE) {
    for (int n : run.sizes()) {
        check_partition(run, n, {1, 2}, 0);
        check_partition(run, n, {3, 5, 50, 51}, -1);
        check_clear(run, n, 5, n / 2, 0);
        check_clear(run, n, 3, n, n / 3);
        check_clear(run, n, 3, 2, 5);
    }
    check_partition(run, run.size(1000, 300), {20, 60, 90}, -1);  // several tokens a thread
    for (auto [rows, width] : run.pairs()) check_softmax(run, rows, width, true, 4);
    check_softmax(run, 2, run.size(1500, 300), false, 30);
    check_softmax(run, 3, 7, true, 200);  // where e^z overflows
}
