#include <cmath>
#include <limits>

#include "harness.h"

CASES(convert, TWICE) {
    for (int n : run.sizes()) {
        Array x = run.floats(n, "x", 1000), r = run.reals(n, "r"), y = run.floats(n, "y");
        Array narrow = run.empty(REAL, n, "narrow"), wide = run.empty(FLOAT, n, "wide");
        run.launch("narrow", n, x, narrow, (long64)n);
        run.expect_exactly(narrow, [&](long64 i) { return run.rounded(x[i]); });
        run.launch("widen", n, r, wide, (long64)n);
        run.expect_exactly(wide, [&](long64 i) { return r[i]; });
        run.launch("accumulate", n, r, y, (long64)n);
        run.expect(y, [&](long64 i) { return y[i] + r[i]; }, run.float_tolerance(1));
        for (int rows : {1, 7}) {
            Array bias = run.floats(n, "bias"), out = run.floats((long64)rows * n, "out");
            run.launch("add_bias", (long64)rows * n, bias, out, (long64)rows * n, n);
            run.expect(out, [&](long64 i) { return out[i] + bias[i % n]; }, run.float_tolerance(1));
        }
    }
    // Ties to even, the largest number that does not round to infinity, and what is not finite.
    double infinity = std::numeric_limits<double>::infinity(), half = std::ldexp(1, -8);
    std::vector<double> values = {1 + half, 1 + 3 * half, -1 - half, 0x1.fep127, 0x1.fffp127, infinity, -infinity, NAN, 0x1p-133, 0};
    Array x = run.make(FLOAT, values, "x"), y = run.empty(REAL, (long64)values.size(), "y");
    run.launch("narrow", (long64)values.size(), x, y, (long64)values.size());
    std::vector<double> even = {1, 1 + 4 * half, -1, 0x1.fep127, infinity, infinity, -infinity, NAN, 0x1p-133, 0};
    run.expect_exactly(y, [&](long64 i) { return run.stored() == BFLOAT16 ? even[(size_t)i] : values[(size_t)i]; });
}
