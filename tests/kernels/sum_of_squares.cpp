// Cases of kernels/sum_of_squares.cu.
#include <cmath>

#include "harness.h"

static const int STRETCH = 4096;

static void check(Run &run, int n, int squared, int step) {
    int parts_count = (n + STRETCH - 1) / STRETCH, places = 3;
    Array x = run.floats(n, "x"), counters = run.make(INT, {(double)step, 0, 0}, "counters");
    Array parts = run.empty(FLOAT, parts_count, "parts"), out = run.empty(FLOAT, 1, "out"), history = run.floats(places, "history");
    auto sum = [&](long64 from, long64 end) {
        double total = 0;
        for (long64 i = from; i < end && i < n; i++) total += squared ? x[i] * x[i] : x[i];
        return total;
    };
    // Of values with both signs the sum may be small beside the values, so the bound refers to these.
    double magnitude = 0;
    for (int i = 0; i < n; i++) magnitude += squared ? x[i] * x[i] : std::fabs(x[i]);
    double tolerance = run.float_tolerance(n) * magnitude / std::fabs(sum(0, n));
    run.launch_grid("sum_stretches", parts_count, 1, x, (long64)n, squared, parts);
    run.expect(parts, [&](long64 i) { return sum(i * STRETCH, (i + 1) * STRETCH); }, tolerance);
    run.launch_grid("sum_parts", 1, 1, parts, (long64)parts_count, out);
    run.expect(out, [&](long64) { return sum(0, n); }, tolerance);
    run.launch_grid("record_mean", 1, 1, parts, (long64)parts_count, (long64)n, counters, history, (long64)places);
    tolerance = std::max(tolerance * std::fabs(sum(0, n)) / n, run.float_tolerance(1));
    run.expect(history, [&](long64 i) { return i == step % places ? sum(0, n) / n : history[i]; }, tolerance);
}

CASES(sum_of_squares, ONCE) {
    for (int n : run.sizes()) check(run, n, n % 2, n);
    check(run, STRETCH + 7, 1, 0);
    if (run.size(1, 0)) check(run, 257 * 33, 0, 5);

    double infinity = std::numeric_limits<double>::infinity();
    Array x = run.make(FLOAT, {1, infinity, 2, std::nan("")}, "x"), parts = run.empty(FLOAT, 1, "parts");
    run.launch_grid("sum_stretches", 1, 1, x, (long64)2, 1, parts);
    run.expect_exactly(parts, [&](long64) { return infinity; });
    run.launch_grid("sum_stretches", 1, 1, x, (long64)4, 1, parts);
    run.expect_exactly(parts, [&](long64) { return std::nan(""); });
}
