#include <cstdint>

#include "harness.h"

namespace {

// Philox4x32-10 as its authors write it: two multiplications a round, the key raised between the rounds.
uint32_t word(uint64_t seed, uint32_t stream, uint32_t step, uint64_t element) {
    uint64_t block = element / 4;
    uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), step, stream}, key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    for (int round = 0; round < 10; round++) {
        if (round > 0) key[0] += 0x9E3779B9u, key[1] += 0xBB67AE85u;
        uint64_t first = (uint64_t)0xD2511F53u * counter[0], second = (uint64_t)0xCD9E8D57u * counter[2];
        uint32_t next[4] = {(uint32_t)(second >> 32) ^ counter[1] ^ key[0], (uint32_t)second, (uint32_t)(first >> 32) ^ counter[3] ^ key[1],
                            (uint32_t)first};
        for (int i = 0; i < 4; i++) counter[i] = next[i];
    }
    return counter[element % 4];
}

}  // namespace

CASES(dropout, TWICE) {
    const long64 seed = 0x123456789abcdef;
    const uint32_t threshold = 0x4ccccccc;  // 0.3
    const float scale = 1 / 0.7f;
    for (int n : run.sizes()) {
        Array x = run.reals(n, "x"), y = run.empty(REAL, n, "y"), counters = run.make(INT, {41, 3, 1}, "counters");
        auto kept = [&](long64 i) { return word(seed, 2, 41, (uint64_t)i) >= threshold; };
        run.launch("dropout", (n + 3) / 4, x, y, counters, (long64)n, seed, 2, (int)threshold, scale);
        run.expect_exactly(y, [&](long64 i) { return kept(i) ? run.rounded((float)x[i] * scale) : 0; });
        run.launch("dropout", (n + 3) / 4, x, x, counters, (long64)n, seed, 2, (int)threshold, scale);
        run.expect_exactly(x, [&](long64 i) { return kept(i) ? run.rounded((float)x[i] * scale) : 0; });
    }
}
