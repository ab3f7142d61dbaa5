// Cases of kernels/optimizer.cu: the formulas of the file's head in double precision, over all elements.
#include <cmath>

#include "harness.h"

namespace {

const int RATES = 256;

// One call: what the kinds share, before and after.
struct Update {
    Run &run;
    int n, step;
    double limit, decay, norm_squared;
    bool has_copy;
    // Of one sign in an element, so that no sum cancels.
    Array p = run.make(FLOAT, of_one_sign("p", 1), "p"), g = run.make(FLOAT, of_one_sign("g", 1), "g"), norm = run.make(FLOAT, {norm_squared}, "norm_squared");
    Array copy = run.empty(BFLOAT, n, "copy");
    Array counters = run.make(INT, {(double)step, 0, 0}, "counters"), rates = run.make(FLOAT, scheduled(), "rates");
    // Of a second moment only what a sum of squares can be.
    Array m = run.make(FLOAT, of_one_sign("m", 0.1), "m"), v = run.make(FLOAT, squares(), "v");

    std::vector<double> scheduled() const {
        std::vector<double> all;
        for (int i = 0; i < RATES; i++) all.push_back(0.001 * (i + 1));
        return all;
    }
    std::vector<double> of_one_sign(const char *name, double scale) const {
        std::vector<double> all = run.floats(n, name, scale / 2).values;
        for (size_t i = 0; i < all.size(); i++) all[i] = (all[i] + scale) * (i % 2 ? -1 : 1);
        return all;
    }
    std::vector<double> squares() const {
        std::vector<double> all = run.floats(n, "v", 0.3).values;
        for (double &each : all) each *= each;
        return all;
    }

    bool is_finite() const { return std::isfinite(norm_squared); }
    double rate() const { return rates[step % RATES]; }
    double slope(long64 i, bool decoupled = false) const {
        double clip = limit > 0 ? std::min(1.0, limit / (std::sqrt(norm[0]) + 1e-6)) : 1;
        return clip * g[i] + (decoupled ? 0 : decay * p[i]);
    }

    template <class... Own>
    void launch(const char *kernel, const Own &...own) {
        if (has_copy) {
            run.launch(kernel, n, p, copy, g, (long64)n, norm, counters, rates, (float)limit, (float)decay, own...);
        } else {
            run.launch(kernel, n, p, None, g, (long64)n, norm, counters, rates, (float)limit, (float)decay, own...);
        }
    }

    void expect(const std::function<double(long64)> &value) {
        run.expect_exactly(g, [](long64) { return 0; });
        if (!is_finite()) return run.expect_exactly(p, [&](long64 i) { return p[i]; });
        run.expect(p, value, run.float_tolerance(4));
        if (!has_copy) return;
        std::vector<double> written = run.read(p);
        Array rounded = run.make(BFLOAT, written, "rounded");
        run.expect_exactly(copy, [&](long64 i) { return rounded[i]; });
    }
    void expect_moment(const Array &moment, const std::function<double(long64)> &value) {
        if (is_finite()) run.expect(moment, value, run.float_tolerance(4));
        else run.expect_exactly(moment, [&](long64 i) { return moment[i]; });
    }
};

void adam(Update u, bool decoupled) {
    const float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
    double t = u.step + 1.0, first = 1 - std::pow((double)beta1, t), second = 1 - std::pow((double)beta2, t);
    u.launch("adam", u.m, u.v, beta1, beta2, std::log(beta1), std::log(beta2), epsilon, (int)decoupled);
    auto m = [&](long64 i) { return beta1 * u.m[i] + (1 - (double)beta1) * u.slope(i, decoupled); };
    auto v = [&](long64 i) { return beta2 * u.v[i] + (1 - (double)beta2) * std::pow(u.slope(i, decoupled), 2); };
    u.expect_moment(u.m, m);
    u.expect_moment(u.v, v);
    u.expect([&](long64 i) {
        double before = u.p[i] * (decoupled ? 1 - u.rate() * u.decay : 1);
        return before - u.rate() / first * m(i) / (std::sqrt(v(i)) / std::sqrt(second) + epsilon);
    });
}

void sgd(Update u, float momentum) {
    bool has_m = momentum > 0;
    if (has_m) u.launch("sgd", u.m, momentum);
    else u.launch("sgd", None, momentum);
    auto m = [&](long64 i) { return (u.step == 0 ? 0 : momentum * u.m[i]) + u.slope(i); };
    if (has_m) u.expect_moment(u.m, m);
    u.expect([&](long64 i) { return u.p[i] - u.rate() * (has_m ? m(i) : u.slope(i)); });
}

void rmsprop(Update u, float momentum) {
    const float alpha = 0.99f, epsilon = 1e-8f;
    bool has_m = momentum > 0;
    if (has_m) u.launch("rmsprop", u.m, u.v, alpha, epsilon, momentum);
    else u.launch("rmsprop", None, u.v, alpha, epsilon, momentum);
    auto v = [&](long64 i) { return alpha * u.v[i] + (1 - (double)alpha) * std::pow(u.slope(i), 2); };
    auto d = [&](long64 i) { return u.slope(i) / (std::sqrt(v(i)) + epsilon) + (has_m ? momentum * u.m[i] : 0); };
    u.expect_moment(u.v, v);
    if (has_m) u.expect_moment(u.m, d);
    u.expect([&](long64 i) { return u.p[i] - u.rate() * d(i); });
}

void adagrad(Update u) {
    const float epsilon = 1e-10f;
    u.launch("adagrad", u.v, epsilon);
    auto v = [&](long64 i) { return u.v[i] + std::pow(u.slope(i), 2); };
    u.expect_moment(u.v, v);
    u.expect([&](long64 i) { return u.p[i] - u.rate() * u.slope(i) / (std::sqrt(v(i)) + epsilon); });
}

}  // namespace

CASES(optimizer, ONCE) {
    // Without a limit, one that clips, one that does not, and a norm that is not finite.
    struct Norm {
        double limit, squared;
    };
    const double infinity = std::numeric_limits<double>::infinity();
    for (int n : run.sizes()) {
        for (Norm norm : {Norm{0, 1e6}, Norm{1, 25}, Norm{1, 0.25}, Norm{1, infinity}, Norm{0, std::nan("")}}) {
            int step = norm.limit == 0 ? 0 : 300;
            auto update = [&](double decay, bool has_copy) { return Update{run, n, step, norm.limit, (float)decay, norm.squared, has_copy}; };
            adam(update(0.125, true), false);
            adam(update(0.125, false), true);
            sgd(update(0.125, true), 0);
            sgd(update(0, false), 0.9f);
            rmsprop(update(0, true), 0);
            rmsprop(update(0.125, false), 0.9f);
            adagrad(update(0.125, true));
        }
    }
}
