// Cases of kernels/huber_error.cu.
#include <cmath>

#include "harness.h"

namespace {

const float scale = 0.125f;

double loss(double delta, double error) {
    double size = std::fabs(error);
    if (delta == 0) return size;
    return size <= delta ? size * size / 2 : delta * (size - delta / 2);
}

double slope(double delta, double error) {
    if (delta == 0) return error == 0 ? 0 : std::copysign(scale, error);
    return scale * std::fmin(std::fmax(error, -delta), delta);
}

void check(Run &run, int n, float delta) {
    Array t = run.floats(n, "t", 3), in_place = run.floats(n, "in place", 3);
    std::vector<double> hits = run.floats(n, "drawn", 3).values;
    for (long64 i = 0; i < n; i += 5) hits[(size_t)i] = t[i];  // exactly the target
    Array x = run.make(FLOAT, hits, "x"), losses = run.empty(FLOAT, n, "losses"), dx = run.empty(FLOAT, n, "dx");
    auto loss_of = [&](const Array &from) { return [&](long64 i) { return loss(delta, from[i] - t[i]); }; };
    auto slope_of = [&](const Array &from) { return [&](long64 i) { return slope(delta, from[i] - t[i]); }; };
    run.launch("huber_error", n, x, t, losses, dx, (long64)n, delta, scale);
    run.expect(losses, loss_of(x), run.float_tolerance(1));
    run.expect(dx, slope_of(x), run.float_tolerance(1, true));
    run.launch("huber_error", n, in_place, t, losses, in_place, (long64)n, delta, scale);
    run.expect(losses, loss_of(in_place), run.float_tolerance(1));
    run.expect(in_place, slope_of(in_place), run.float_tolerance(1, true));
    run.launch("huber_error", n, x, t, losses, None, (long64)n, delta, scale);
    run.expect(losses, loss_of(x), run.float_tolerance(1));
}

}  // namespace

CASES(huber_error, ONCE) {
    for (int n : run.sizes()) {
        for (float delta : {0.0f, 0.5f, 2.5f}) check(run, n, delta);
    }
    const double nan = std::nan(""), infinite = HUGE_VAL;
    for (float delta : {0.0f, 1.0f}) {
        Array x = run.make(FLOAT, {nan, 1, infinite, -infinite}, "no numbers"), t = run.make(FLOAT, {1, nan, 0, 1}, "their targets");
        Array losses = run.empty(FLOAT, 4, "losses"), dx = run.empty(FLOAT, 4, "dx");
        run.launch("huber_error", 4, x, t, losses, dx, (long64)4, delta, scale);
        run.expect_exactly(losses, [&](long64 i) { return i < 2 ? nan : infinite; });
        run.expect_exactly(dx, [&](long64 i) { return i < 2 ? nan : i == 2 ? scale : -scale; });
    }
}
