// Cases of kernels/token_mask.cu.
#include "harness.h"
#include "random_words.h"

CASES(token_mask, ONCE) {
    expect_known_words(run);
    for (int n : run.sizes()) {
        Array drawn = run.floats(n, "drawn", 2), counters = run.make(INT, {7, 3, 2}, "counters");
        std::vector<double> ids = drawn.values;
        for (size_t i = 0; i < ids.size(); i++) ids[i] = (int)(i * 7 % 33);
        Array tokens = run.make(INT, ids, "tokens"), factors = run.empty(FLOAT, n, "factors");
        const long64 seed = 0x123456789abcdef0;
        double threshold = 0.25 * 0x1p32;
        float scale = (float)(1 / 0.75);
        run.launch("token_mask", n, tokens, factors, counters, (long64)n, seed, 5, (int)(uint32_t)threshold, scale);
        run.expect_exactly(factors, [&](long64 i) {
            return random_word(seed, 5, 7, (long64)ids[i]) >= threshold ? (double)scale : 0;
        });
    }
}
