#include <cmath>

#include "harness.h"

namespace {

const int STRETCH = 4096;

// The parts are the sums of their stretches, and what the second stage makes of them is the sum of all.
void sums(Run &run, int n, bool squared) {
    int count = (n + STRETCH - 1) / STRETCH;
    std::vector<double> positive = run.floats(n, "x").values;  // so that no sum cancels
    for (double &value : positive) value = std::abs(value);
    Array x = run.make(FLOAT, positive, "x"), parts = run.empty(FLOAT, count, "parts"), out = run.empty(FLOAT, 1, "out");
    auto term = [&](long64 i) { return squared ? x[i] * x[i] : x[i]; };
    auto sum = [&](long64 from, long64 end) {
        double total = 0;
        for (long64 i = from; i < end && i < n; i++) total += term(i);
        return total;
    };
    run.launch_grid("sum_stretches", count, 1, x, (long64)n, squared ? 1 : 0, parts);
    run.expect(parts, [&](long64 s) { return sum(s * STRETCH, (s + 1) * STRETCH); }, run.float_tolerance(STRETCH));
    run.launch_grid("sum_parts", 1, 1, parts, (long64)count, out);
    run.expect(out, [&](long64) { return sum(0, n); }, run.float_tolerance(n));
    Array history = run.floats(5, "history"), counters = run.make(INT, {12, 0, 0}, "counters");
    run.launch_grid("record_mean", 1, 1, parts, (long64)count, (long64)n, counters, history, 5ll);
    run.expect(history, [&](long64 i) { return i == 12 % 5 ? sum(0, n) / n : history[i]; }, run.float_tolerance(n));
}

}  // namespace

CASES(sum_of_squares, ONCE) {
    for (int n : run.sizes()) sums(run, n, n != 7);
    sums(run, run.size(3 * STRETCH + 1, STRETCH + 1), true);
    for (double bad : {NAN, INFINITY, -INFINITY}) {
        Array x = run.make(FLOAT, {1, bad, 2}, "x"), parts = run.empty(FLOAT, 1, "parts"), out = run.empty(FLOAT, 1, "out");
        run.launch_grid("sum_stretches", 1, 1, x, 3ll, 1, parts);
        run.launch_grid("sum_parts", 1, 1, parts, 1ll, out);
        if (std::isfinite(run.read(out)[0])) run.fail("a sum of what is not finite is finite");
    }
}
