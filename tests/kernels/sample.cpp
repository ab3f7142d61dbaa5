// Cases of kernels/sample.cu: java/lstmgpu/backend/SamplingSpec.java in double precision, with sorted probabilities.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "harness.h"
#include "random_words.h"

namespace {

struct Settings {
    double temperature = 1;
    int top_k = 0;
    double top_p = 1, min_p = 0, penalty = 1;
};

struct Drawing {
    Settings how;
    long64 seed;
    int draw, number;  // of the sequence

    // As java/lstmgpu/backend/SamplingRows.java writes it; what the kernels do not read is −1.
    std::vector<double> row(int vocabulary, int begun) const {
        double rate = 1 / std::log(2.0) / std::max(how.temperature, 0x1p-20);
        int exponent = 31 - std::ilogb(rate);
        long64 least = (long64)std::ceil((float)how.min_p * 0x1p40);
        auto word = [](uint32_t bits) { return (double)(int)bits; };
        auto bits_of = [](float value) {
            int bits;
            std::memcpy(&bits, &value, sizeof bits);
            return (double)bits;
        };
        double top_k = how.top_k < vocabulary ? how.top_k : 0;
        double top_p = how.top_p < 1 ? word((uint32_t)std::ceil((float)how.top_p * 0x1p32)) : 0;
        return {-1, -1, -1, -1, bits_of((float)how.penalty), word((uint32_t)seed), word((uint32_t)(seed >> 32)),
                (double)number, (double)begun, how.temperature == 0 ? 1.0 : 0.0,
                word((uint32_t)std::ldexp(rate, exponent)), (double)exponent, top_k, top_p, word((uint32_t)least), word((uint32_t)(least >> 32))};
    }

    std::vector<double> penalised(std::vector<double> z, std::vector<double> past) const {
        std::sort(past.begin(), past.end());
        past.erase(std::unique(past.begin(), past.end()), past.end());
        for (double token : past) {
            if (token < 0) continue;
            double &logit = z[(size_t)token];
            logit = (float)(logit > 0 ? logit / how.penalty : logit * how.penalty);
        }
        return z;
    }

    // Tokens that may be drawn, in order of identifier.
    std::vector<int> kept(const std::vector<double> &p) const {
        std::vector<int> ranked(p.size());
        std::iota(ranked.begin(), ranked.end(), 0);
        std::stable_sort(ranked.begin(), ranked.end(), [&](int a, int b) { return p[(size_t)a] > p[(size_t)b]; });
        if (how.top_k > 0) ranked.resize(std::min(ranked.size(), (size_t)how.top_k));
        double total = 0, sum = 0, most = p[(size_t)ranked[0]];
        for (int token : ranked) total += p[(size_t)token];
        size_t count = 0;
        while (count < ranked.size() && (count == 0 || sum < how.top_p * total)) sum += p[(size_t)ranked[count++]];
        if (how.top_p < 1) ranked.resize(count);
        ranked.erase(std::remove_if(ranked.begin(), ranked.end(), [&](int token) { return p[(size_t)token] < how.min_p * most; }), ranked.end());
        std::sort(ranked.begin(), ranked.end());
        return ranked;
    }

    int token(const std::vector<double> &z) const {
        size_t best = (size_t)(std::max_element(z.begin(), z.end()) - z.begin());
        if (how.temperature == 0) return (int)best;
        std::vector<double> p;
        for (double logit : z) p.push_back(std::exp((logit - z[best]) / how.temperature));
        double total = 0, sum = 0, u = random_word(seed, 0x5A, draw, number) * 0x1p-32;
        std::vector<int> tokens = kept(p);
        for (int each : tokens) total += p[(size_t)each];
        for (int each : tokens) {
            sum += p[(size_t)each];
            if (sum > u * total) return each;
        }
        return tokens.back();
    }
};

// The sequences take the settings in turn.
void check(Run &run, int sequences, int vocabulary, const std::vector<Settings> &all, double spread = 4) {
    const int window = 5, step = 3;
    auto begun = [](int sequence) { return sequence % 4 - 2; };
    std::vector<Drawing> want;
    std::vector<double> rows;
    for (int sequence = 0; sequence < sequences; sequence++) {
        const Settings &how = all[(size_t)sequence % all.size()];
        want.push_back({how, 0x123456789abcdef - sequence, step - begun(sequence), 3 * sequence + 1});
        std::vector<double> row = want.back().row(vocabulary, begun(sequence));
        rows.insert(rows.end(), row.begin(), row.end());
    }
    // Logits in eighths, so that some are equal.
    std::vector<double> logits = run.floats((long64)sequences * vocabulary, "z", spread).values;
    for (double &logit : logits) logit = std::round(8 * logit) / 8;
    Array z = run.make(FLOAT, logits, "z"), history = run.integers((long64)sequences * window, "history", -1, vocabulary);
    Array counters = run.make(INT, {(double)step, 0, 0}, "counters"), tokens = run.empty(INT, sequences, "tokens");
    Array keys = run.shared(INT, (long64)sequences * vocabulary, "keys"), largest = run.shared(INT, sequences, "largest");
    Array settings = run.make(INT, rows, "settings");
    run.launch_grid("sample_keys", sequences, 1, z, history, tokens, counters, keys, largest, settings, vocabulary,
                    window);
    run.launch_grid("sample_keep", sequences, 1, keys, largest, settings, vocabulary, 0);
    run.launch_grid("sample_keep", sequences, 1, keys, largest, settings, vocabulary, 1);
    run.launch_grid("sample_pick", sequences, 1, keys, largest, history, tokens, counters, settings, vocabulary,
                    window);
    std::vector<double> drawn;
    for (int sequence = 0; sequence < sequences; sequence++) {
        auto of_sequence = [&](const Array &array, int width) {
            auto first = array.values.begin() + sequence * (long64)width;
            return std::vector<double>(first, first + width);
        };
        const Drawing &its = want[(size_t)sequence];
        drawn.push_back(its.token(its.penalised(of_sequence(z, vocabulary), of_sequence(history, window))));
    }
    run.expect_exactly(tokens, [&](long64 sequence) { return drawn[(size_t)sequence]; });
    run.expect_exactly(history, [&](long64 i) { return i % window == step ? drawn[(size_t)(i / window)] : history[i]; });
}

}  // namespace

CASES(sample, ONCE) {
    expect_known_words(run);
    int sequences = run.size(7, 1);
    std::vector<Settings> all = {{0}, {1}, {0, 0, 1, 0, 1.3}, {0.7, 5}, {1.5, 0, 0.6}, {1, 0, 1, 0.1}, {0.8, 20, 0.9, 0.05, 1.2}};
    for (const Settings &how : all) check(run, sequences, run.size(257, 33), {how});
    check(run, 4 * sequences, 33, all);
    check(run, sequences, 1, {all.back()});
    check(run, sequences, 7, {all.back()});
    check(run, 1, 33, {{1e-7, 0, 0.5}}, 40);  // colder than a weight can tell
    if (!run.is_small()) check(run, 2, 257 * 33, {all.back()});
}
