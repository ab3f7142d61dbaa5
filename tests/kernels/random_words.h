// Philox4x32-10 as Salmon et al. 2011 write it down, with products of 64 bits, and the numbering of
// java/lstmgpu/backend/Philox.java.
#ifndef KERNELS_RANDOM_WORDS_H
#define KERNELS_RANDOM_WORDS_H
#include <array>
#include <cstdint>

#include "harness.h"

using Words = std::array<uint32_t, 4>;

inline Words philox(Words counter, std::array<uint32_t, 2> key) {
    for (int round = 0; round < 10; round++) {
        uint64_t first = 0xD2511F53ull * counter[0], second = 0xCD9E8D57ull * counter[2];
        counter = {(uint32_t)(second >> 32) ^ counter[1] ^ key[0], (uint32_t)second, (uint32_t)(first >> 32) ^ counter[3] ^ key[1], (uint32_t)first};
        key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
    }
    return counter;
}

// The word of element i of a stream.
inline double random_word(long64 seed, int stream, int step, long64 i) {
    uint64_t block = (uint64_t)i / 4, key = (uint64_t)seed;
    Words counter{(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)step, (uint32_t)stream};
    return philox(counter, {(uint32_t)key, (uint32_t)(key >> 32)})[(size_t)i % 4];
}

// The vectors that the authors publish with their code.
inline void expect_known_words(Run &run) {
    const uint32_t ones = 0xffffffff;
    bool known = philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8} &&
                 philox({ones, ones, ones, ones}, {ones, ones}) == Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
    if (!known) run.fail("the expectation's own Philox is wrong");
}

#endif
