// Cases of kernels/squared_error.cu.
#include "harness.h"

CASES(squared_error, ONCE) {
    const float scale = 0.125f;
    for (int n : run.sizes()) {
        Array x = run.floats(n, "x", 3), t = run.floats(n, "t", 3), in_place = run.floats(n, "in place", 3);
        Array losses = run.empty(FLOAT, n, "losses"), dx = run.empty(FLOAT, n, "dx");
        auto loss = [&](const Array &from) { return [&](long64 i) { return (from[i] - t[i]) * (from[i] - t[i]); }; };
        auto slope = [&](const Array &from) { return [&](long64 i) { return 2 * scale * (from[i] - t[i]); }; };
        run.launch("squared_error", n, x, t, losses, dx, (long64)n, scale);
        run.expect(losses, loss(x), run.float_tolerance(1));
        run.expect(dx, slope(x), run.float_tolerance(1, true));
        run.launch("squared_error", n, in_place, t, losses, in_place, (long64)n, scale);
        run.expect(losses, loss(in_place), run.float_tolerance(1));
        run.expect(in_place, slope(in_place), run.float_tolerance(1, true));
        run.launch("squared_error", n, x, t, losses, None, (long64)n, scale);
        run.expect(losses, loss(x), run.float_tolerance(1));
    }
}
