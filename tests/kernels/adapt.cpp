// Cases of kernels/adapt.cu: the formulas of the file's head in double precision.
#include <algorithm>
#include <cmath>

#include "harness.h"

CASES(adapt, ONCE) {
    const float rate = 0.02f, epsilon = 1e-3f;
    for (int n : run.sizes()) {
        for (float decay : {0.0f, 0.05f, 1.0f}) {
            for (bool scaled : {false, true}) {
                Array p = run.floats(n, "p"), g = run.floats(n, "g"), p0 = run.floats(n, "p0");
                Array copy = run.empty(BFLOAT, n, "copy"), drawn = run.floats(n, "drawn");
                std::vector<double> sizes = drawn.values;
                for (size_t i = 0; i < sizes.size(); i++) sizes[i] = i % 5 ? std::fabs(sizes[i]) : 0;
                Array s = run.make(FLOAT, sizes, "s");
                const double pull = decay / 0.5;
                if (scaled) {
                    run.launch("adapt", n, p, copy, g, p0, s, (long64)n, rate, decay, epsilon, (float)pull);
                } else {
                    run.launch("adapt", n, p, copy, g, p0, None, (long64)n, rate, decay, epsilon, 0.0f);
                }
                run.expect(
                    p,
                    [&](long64 i) {
                        double back = scaled ? std::min(1.0, pull * s[i]) : decay;
                        double step = scaled ? g[i] / (s[i] + epsilon) : g[i];
                        return p[i] + back * (p0[i] - p[i]) - rate * step;
                    },
                    run.float_tolerance(4));
                Array rounded = run.make(BFLOAT, run.read(p), "rounded");
                run.expect_exactly(copy, [&](long64 i) { return rounded[i]; });
                run.expect_exactly(g, [&](long64) { return 0; });
            }
        }
    }
}
