// Cases of kernels/convert.cu.
#include <cmath>
#include <limits>

#include "harness.h"

CASES(convert, TWICE) {
    for (int n : run.sizes()) {
        Array x = run.floats(n, "x"), factor = run.reals(n, "factor"), before = run.floats(n, "before");
        Array narrow = run.empty(REAL, n, "narrow"), wide = run.empty(FLOAT, n, "wide");
        run.launch("narrow", n, x, narrow, (long64)n);
        run.expect_exactly(narrow, [&](long64 i) { return run.rounded(x[i]); });
        run.launch("widen", n, factor, wide, (long64)n);
        run.expect_exactly(wide, [&](long64 i) { return factor[i]; });
        run.launch("accumulate", n, factor, before, (long64)n);
        run.expect(before, [&](long64 i) { return before[i] + factor[i]; }, run.float_tolerance(1));
    }
    for (auto [rows, columns] : run.pairs()) {
        long64 n = (long64)rows * columns;
        Array bias = run.floats(columns, "bias"), y = run.floats(n, "y");
        run.launch("add_bias", n, bias, y, n, columns);
        run.expect(y, [&, columns = columns](long64 i) { return y[i] + bias[i % columns]; }, run.float_tolerance(1));
    }
    double infinity = std::numeric_limits<double>::infinity(), most = std::numeric_limits<float>::max();
    // Halfway to an even and to an odd neighbour, beyond the largest bfloat16, and what is no number.
    Array x = run.make(FLOAT, {1 + 0x1p-8, 1 + 0x3p-8, -1 - 0x1p-8, 0x1p-130, 0.0, most, infinity, -infinity, std::nan("")}, "x");
    Array y = run.empty(REAL, 9, "y");
    run.launch("narrow", 9, x, y, (long64)9);
    double large = run.stored() == BFLOAT16 ? infinity : most;
    run.expect_exactly(y, [&](long64 i) { return i == 5 ? large : i == 8 ? std::nan("") : run.rounded(x[i]); });
}
