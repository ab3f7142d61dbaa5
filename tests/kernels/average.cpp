// Cases of kernels/average.cu: the formulas of the file's head in double precision.
#include <cmath>
#include <limits>

#include "harness.h"

CASES(average, ONCE) {
    const int never = std::numeric_limits<int>::max();
    struct Place {
        int step, start;
    };
    for (int n : run.sizes()) {
        for (float beta : {0.0f, 0.5f, 0.999f, 1.0f}) {
            for (Place at : {Place{0, 0}, Place{0, never}, Place{7, 7}, Place{1, 0}, Place{300, 0}, Place{300, 299}}) {
                Array p = run.floats(n, "p"), a = run.floats(n, "a"), copy = run.empty(BFLOAT, n, "copy");
                Array counters = run.make(INT, {(double)at.step, 0, 0}, "counters");
                Array start = run.make(INT, {(double)at.start}, "start");
                run.launch("average", n, p, a, copy, (long64)n, counters, start, beta, std::log(beta));
                double m = at.step + 1.0 - at.start;
                double w = m <= 1 ? 1 : beta < 1 ? (1 - (double)beta) / (1 - std::pow((double)beta, m)) : 1 / m;
                run.expect(a, [&](long64 i) { return a[i] * (1 - w) + w * p[i]; }, run.float_tolerance(4));
                Array rounded = run.make(BFLOAT, run.read(a), "rounded");
                run.expect_exactly(copy, [&](long64 i) { return rounded[i]; });
            }
        }
    }
    const double nan = std::nan("");
    Array p = run.make(FLOAT, {1, 2, 3}, "p"), unread = run.make(FLOAT, {nan, HUGE_VAL, nan}, "unread");
    Array counters = run.make(INT, {4, 0, 0}, "counters"), start = run.make(INT, {4}, "start");
    run.launch("average", 3, p, unread, None, (long64)3, counters, start, 0.999f, std::log(0.999f));
    run.expect_exactly(unread, [&](long64 i) { return p[i]; });
}
