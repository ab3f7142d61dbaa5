#include "harness.h"

CASES(squared_error, ONCE) {
    const float scale = 0.3f;
    for (int n : run.sizes()) {
        Array x = run.floats(n, "x"), t = run.floats(n, "t"), losses = run.empty(FLOAT, n, "losses"), dx = run.empty(FLOAT, n, "dx");
        auto error = [&](long64 i) { return x[i] - t[i]; };
        auto loss = [&](long64 i) { return error(i) * error(i); };
        auto slope = [&](long64 i) { return 2 * (double)scale * error(i); };
        run.launch("squared_error", n, x, t, losses, None, (long64)n, scale);
        run.expect(losses, loss, run.float_tolerance(2));
        run.launch("squared_error", n, x, t, losses, dx, (long64)n, scale);
        run.expect(dx, slope, run.float_tolerance(2));
        run.launch("squared_error", n, x, t, losses, x, (long64)n, scale);
        run.expect(losses, loss, run.float_tolerance(2));
        run.expect(x, slope, run.float_tolerance(2));
    }
}
