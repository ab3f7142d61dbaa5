// Cases of kernels/weigh.cu.
#include <cmath>

#include "harness.h"

CASES(weigh, ONCE) {
    for (auto [n, width] : run.pairs()) {
        Array x = run.floats((long64)n * width, "x"), drawn = run.floats(n, "drawn", 2);
        std::vector<double> weights = drawn.values;
        for (size_t r = 0; r < weights.size(); r += 3) weights[r] = r % 2;
        Array w = run.make(FLOAT, weights, "w");
        run.launch("weigh", (long64)n * width, x, w, (long64)n, width);
        run.expect_exactly(x, [&, width = width](long64 i) { return (double)(float)(x[i] * w[i / width]); });
    }
    const double nan = std::nan(""), infinite = HUGE_VAL;
    Array x = run.make(FLOAT, {nan, infinite, -infinite, nan, infinite, 3, nan, -infinite, 5}, "no numbers");
    Array w = run.make(FLOAT, {0, 1, 0.5}, "their weights");
    run.launch("weigh", 9, x, w, (long64)3, 3);
    run.expect_exactly(x, [&](long64 i) { return i < 3 ? 0 : x[i] * w[i / 3]; });
}
