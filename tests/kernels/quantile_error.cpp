// Cases of kernels/quantile_error.cu.
#include <cmath>

#include "harness.h"

namespace {

const float scale = 0.125f;

double loss(double q, double error) { return std::fmax(q * error, (q - 1) * error); }
double slope(double q, double error) { return error == 0 ? 0 : scale * (error > 0 ? -q : 1 - q); }

void check(Run &run, int n, int count) {
    std::vector<double> levels;
    for (int k = 0; k < count; k++) levels.push_back((float)((k + 1.0) / (count + 1)));
    long64 all = (long64)n * count;
    Array t = run.floats(n, "t"), quantiles = run.make(FLOAT, levels, "quantiles");
    std::vector<double> hits = run.floats(all, "drawn").values;
    for (long64 i = 0; i < all; i += 5) hits[(size_t)i] = t[i / count];  // exactly the target
    Array x = run.make(FLOAT, hits, "x"), in_place = run.floats(all, "in place");
    Array losses = run.empty(FLOAT, all, "losses"), dx = run.empty(FLOAT, all, "dx");
    auto error = [&](const Array &from, long64 i) { return t[i / count] - from[i]; };
    auto loss_of = [&](const Array &from) { return [&](long64 i) { return loss(quantiles[i % count], error(from, i)); }; };
    auto slope_of = [&](const Array &from) { return [&](long64 i) { return slope(quantiles[i % count], error(from, i)); }; };
    run.launch("quantile_error", all, x, t, quantiles, losses, dx, (long64)n, count, scale);
    run.expect(losses, loss_of(x), run.float_tolerance(1));
    run.expect(dx, slope_of(x), run.float_tolerance(1, true));
    run.launch("quantile_error", all, in_place, t, quantiles, losses, in_place, (long64)n, count, scale);
    run.expect(losses, loss_of(in_place), run.float_tolerance(1));
    run.expect(in_place, slope_of(in_place), run.float_tolerance(1, true));
    run.launch("quantile_error", all, x, t, quantiles, losses, None, (long64)n, count, scale);
    run.expect(losses, loss_of(x), run.float_tolerance(1));
}

}  // namespace

CASES(quantile_error, ONCE) {
    for (int n : run.sizes()) {
        for (int count : {1, 3, 9}) check(run, n, count);
    }
    check(run, 7, run.size(300, 40));

    const double nan = std::nan(""), infinite = HUGE_VAL;
    Array x = run.make(FLOAT, {nan, 1, -infinite}, "no numbers"), t = run.make(FLOAT, {1, nan, 0}, "their targets");
    Array quantiles = run.make(FLOAT, {0.25}, "quartile"), losses = run.empty(FLOAT, 3, "losses"), dx = run.empty(FLOAT, 3, "dx");
    run.launch("quantile_error", 3, x, t, quantiles, losses, dx, (long64)3, 1, scale);
    run.expect_exactly(losses, [&](long64 i) { return i < 2 ? nan : infinite; });
    run.expect_exactly(dx, [&](long64 i) { return i < 2 ? nan : scale * -0.25; });
}
