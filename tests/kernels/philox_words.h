// Philox4x32-10 as its authors write it: two multiplications a round, the key raised between the rounds.
#ifndef KERNELS_PHILOX_WORDS_H
#define KERNELS_PHILOX_WORDS_H
#include <cstdint>

// The word of an element of a stream at a step.
inline uint32_t philox_word_of(uint64_t seed, uint32_t stream, uint32_t step, uint64_t element) {
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

#endif
