#include <cmath>
#include <functional>

#include "harness.h"

namespace {

const float RATE = 0.05f, DECAY = 0.1f, LIMIT = 0.5f, EPSILON = 1e-8f;

struct State {
    double p, m, v;
};

// The formula of a kind on an element with the clipped gradient, and which moments it has.
struct Kind {
    std::function<State(State, double g)> formula;
    bool uses_first, uses_second;
};

struct Buffers {
    Array p, copy, g, m, v, norm, counters, rates;
};

Buffers buffers(Run &run, int n, int step, double norm) {
    std::vector<double> second = run.floats(n, "v").values;
    for (double &value : second) value = std::abs(value);
    std::vector<double> rates(256, NAN);
    rates[(size_t)step % 256] = RATE;
    return {run.floats(n, "p"),
            run.empty(SHORT, n, "copy"),
            run.floats(n, "g"),
            run.floats(n, "m"),
            run.make(FLOAT, second, "v"),
            run.make(FLOAT, {norm}, "norm"),
            run.make(INT, {(double)step, 0, 0}, "counters"),
            run.make(FLOAT, rates, "rates")};
}

double rounded_bits(double value) {
    float single = (float)value;
    uint32_t bits = __builtin_bit_cast(uint32_t, single), lower = bits & 0xffff, upper = bits >> 16;
    return upper + (lower > 0x8000 || (lower == 0x8000 && (upper & 1)));
}

void check(Run &run, const Buffers &b, const Kind &kind) {
    double norm = b.norm[0], clip = std::fmin(1, (double)LIMIT / (std::sqrt(norm) + 1e-6));
    auto next = [&](long64 i) {
        State before{b.p[i], b.m[i], b.v[i]};
        return std::isfinite(norm) ? kind.formula(before, clip * b.g[i]) : before;
    };
    run.expect_exactly(b.g, [](long64) { return 0; });
    run.expect(b.p, [&](long64 i) { return next(i).p; }, run.float_tolerance(4));
    if (kind.uses_first) run.expect(b.m, [&](long64 i) { return next(i).m; }, run.float_tolerance(4));
    if (kind.uses_second) run.expect(b.v, [&](long64 i) { return next(i).v; }, run.float_tolerance(4));
    if (!std::isfinite(norm)) return;
    std::vector<double> written = run.read(b.p);
    run.expect_exactly(b.copy, [&](long64 i) { return rounded_bits(written[(size_t)i]); });
}

void adam(Run &run, int n, int step, double norm, bool decoupled) {
    const float beta1 = 0.9f, beta2 = 0.999f;
    Buffers b = buffers(run, n, step, norm);
    run.launch("adam", n, b.p, b.copy, b.g, (long64)n, b.norm, b.counters, b.rates, LIMIT, DECAY, b.m, b.v, beta1, beta2,
               (float)std::log((double)beta1), (float)std::log((double)beta2), EPSILON, decoupled ? 1 : 0);
    check(run, b, {[&](State s, double g) {
                       double p = decoupled ? s.p * (1 - (double)RATE * DECAY) : s.p;
                       if (!decoupled) g += DECAY * s.p;
                       double m = (double)beta1 * s.m + (1 - (double)beta1) * g, v = (double)beta2 * s.v + (1 - (double)beta2) * g * g;
                       double first = m / (1 - std::pow((double)beta1, step + 1)), second = v / (1 - std::pow((double)beta2, step + 1));
                       return State{p - RATE * first / (std::sqrt(second) + EPSILON), m, v};
                   }, true, true});
}

void sgd(Run &run, int n, int step, double norm, float momentum) {
    Buffers b = buffers(run, n, step, norm);
    if (momentum == 0) {
        run.launch("sgd", n, b.p, b.copy, b.g, (long64)n, b.norm, b.counters, b.rates, LIMIT, DECAY, None, momentum);
    } else {
        run.launch("sgd", n, b.p, b.copy, b.g, (long64)n, b.norm, b.counters, b.rates, LIMIT, DECAY, b.m, momentum);
    }
    check(run, b, {[&](State s, double g) {
                       g += DECAY * s.p;
                       double m = step == 0 ? g : momentum * s.m + g;
                       return State{s.p - RATE * (momentum == 0 ? g : m), m, s.v};
                   }, momentum != 0, false});
}

void rmsprop(Run &run, int n, int step, double norm, float momentum) {
    const float alpha = 0.99f;
    Buffers b = buffers(run, n, step, norm);
    run.launch("rmsprop", n, b.p, b.copy, b.g, (long64)n, b.norm, b.counters, b.rates, LIMIT, DECAY, b.m, b.v, alpha, EPSILON, momentum);
    check(run, b, {[&](State s, double g) {
                       g += DECAY * s.p;
                       double v = (double)alpha * s.v + (1 - (double)alpha) * g * g, m = momentum * s.m + g / (std::sqrt(v) + EPSILON);
                       return State{s.p - RATE * m, m, v};
                   }, true, true});
}

void adagrad(Run &run, int n, int step, double norm) {
    Buffers b = buffers(run, n, step, norm);
    run.launch("adagrad", n, b.p, b.copy, b.g, (long64)n, b.norm, b.counters, b.rates, LIMIT, DECAY, b.v, EPSILON);
    check(run, b, {[&](State s, double g) {
                       g += DECAY * s.p;
                       double v = s.v + g * g;
                       return State{s.p - RATE * g / (std::sqrt(v) + EPSILON), s.m, v};
                   }, false, true});
}

}  // namespace

CASES(optimizer, ONCE) {
    for (int n : run.sizes()) {
        for (double norm : {0.01, 9.0, (double)NAN, (double)INFINITY}) {
            for (int step : {0, 1, 1000}) {
                adam(run, n, step, norm, step == 1);
                sgd(run, n, step, norm, step == 1 ? 0 : 0.9f);
            }
            adam(run, n, 0, norm, true);
            rmsprop(run, n, 300, norm, 0.9f);
            adagrad(run, n, 300, norm);
        }
    }
}
