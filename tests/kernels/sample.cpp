#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness.h"
#include "philox_words.h"

namespace {

const int LANES = 3, WINDOW = 5, DRAW = 12;
const long64 SEED = 0x1234567890abcdef;

struct Spec {
    double temperature;
    int top_k;
    double top_p, min_p;
    float penalty;
};

// What java/lstmgpu/backend/SamplingSpec.java says, by sorting.
int draw(const Spec &spec, std::vector<double> z, std::vector<double> past, int lane) {
    int vocabulary = (int)z.size();
    std::sort(past.begin(), past.end());
    past.erase(std::unique(past.begin(), past.end()), past.end());
    for (double token : past) {
        if (token < 0) continue;
        float value = (float)z[(size_t)token];
        z[(size_t)token] = value > 0 ? value / spec.penalty : value * spec.penalty;
    }
    std::vector<int> ranked((size_t)vocabulary);
    std::iota(ranked.begin(), ranked.end(), 0);
    std::stable_sort(ranked.begin(), ranked.end(), [&](int a, int b) { return z[(size_t)a] > z[(size_t)b]; });
    if (spec.temperature == 0) return ranked[0];
    double largest = z[(size_t)ranked[0]];
    auto p = [&](int token) { return std::exp((z[(size_t)token] - largest) / spec.temperature); };
    if (spec.top_k > 0 && spec.top_k < vocabulary) ranked.resize((size_t)spec.top_k);
    double total = 0, sum = 0;
    for (int token : ranked) total += p(token);
    size_t kept = 0;
    while (kept < ranked.size() && (kept == 0 || spec.top_p >= 1 || sum < spec.top_p * total)) sum += p(ranked[kept++]);
    ranked.resize(kept);
    ranked.erase(std::remove_if(ranked.begin(), ranked.end(), [&](int token) { return p(token) < spec.min_p; }), ranked.end());
    std::sort(ranked.begin(), ranked.end());
    total = sum = 0;
    for (int token : ranked) total += p(token);
    double u = philox_word_of((uint64_t)SEED, 0x5A, DRAW, (uint64_t)lane) / 4294967296.0;
    for (int token : ranked) {
        sum += p(token);
        if (sum > u * total) return token;
    }
    return ranked.back();
}

// The arguments of java/lstmgpu/backend/kernels/Sampler.java.
void sample(Run &run, const Spec &spec, int vocabulary, bool tied) {
    std::vector<double> logits = run.floats((long64)LANES * vocabulary, "z", 5).values;
    if (tied) {
        for (double &value : logits) value = std::round(value / 2);
    }
    Array z = run.make(FLOAT, logits, "z"), counters = run.make(INT, {DRAW, 0, 0}, "counters");
    Array history = run.integers(LANES * WINDOW, "history", -1, vocabulary), tokens = run.empty(INT, LANES, "tokens");
    Array work = run.empty(INT, (long64)LANES * vocabulary, "work");
    int power = 0;
    double mantissa = std::frexp(1 / std::log(2.0) / (spec.temperature == 0 ? 1 : spec.temperature), &power);
    double share = spec.top_p < 1 ? std::fmax(1, std::ceil(std::ldexp(spec.top_p, 32))) : 0;
    run.launch_grid("sample", LANES, 1, z, history, tokens, counters, work, vocabulary, WINDOW, spec.penalty, spec.temperature == 0 ? 1 : 0,
                    (int)(uint32_t)std::ldexp(mantissa, 32), 32 - power, spec.top_k, (int)(uint32_t)share,
                    (long64)std::ceil(std::ldexp(spec.min_p, 40)), SEED);
    auto token = [&](long64 lane) {
        std::vector<double> row(z.values.begin() + lane * vocabulary, z.values.begin() + (lane + 1) * vocabulary);
        std::vector<double> past(history.values.begin() + lane * WINDOW, history.values.begin() + (lane + 1) * WINDOW);
        return draw(spec, row, past, (int)lane);
    };
    run.expect_exactly(tokens, [&](long64 lane) { return token(lane); });
    run.expect_exactly(history, [&](long64 i) { return i % WINDOW == DRAW % WINDOW ? token(i / WINDOW) : history[i]; });
    run.expect_exactly(z, [&](long64 i) { return z[i]; });
}

}  // namespace

CASES(sample, ONCE) {
    const Spec specs[] = {{1, 0, 1, 0, 1},      {0, 5, 0.9, 0.1, 1.7f}, {0.7, 0, 1, 0, 1.3f},  {1.5, 5, 1, 0, 1},
                          {1, 0, 0.91f, 0, 1},  {1, 0, 0, 0, 1},        {0.9, 0, 1, 0.1f, 1},  {1.1, 20, 0.83f, 0.02f, 1.3f},
                          {0.01, 0, 0.5, 0, 1}, {100, 0, 1, 0, 1}};
    for (const Spec &spec : specs) {
        for (int vocabulary : {1, 33}) sample(run, spec, vocabulary, vocabulary == 33);
        sample(run, spec, run.size(700, 40), false);
    }
}
