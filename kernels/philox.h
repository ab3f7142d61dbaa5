// Philox4x32-10 (Salmon et al. 2011), as java/lstmgpu/backend/Philox.java defines its use: element i of stream s at
// step k under a seed is word i % 4 of the block with counter (low and high half of i/4, k, s) and key (low and high
// half of the seed).
#ifndef LSTM_GPU_PHILOX_H
#define LSTM_GPU_PHILOX_H
#include "dialect.h"

DEVICE void philox_block(ulong64 seed, int stream, int step, ulong64 block, uint32 words[4]) {
    uint32 c0 = (uint32)block, c1 = (uint32)(block >> 32), c2 = (uint32)step, c3 = (uint32)stream;
    uint32 k0 = (uint32)seed, k1 = (uint32)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint32 high0 = MUL_HIGH(0xD2511F53u, c0), high1 = MUL_HIGH(0xCD9E8D57u, c2);
        uint32 low0 = 0xD2511F53u * c0, low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c2 = high0 ^ c3 ^ k1;
        c1 = low1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
}

// The word of one element.
DEVICE uint32 philox_word(ulong64 seed, int stream, int step, ulong64 element) {
    uint32 words[4];
    philox_block(seed, stream, step, element / 4, words);
    int place = (int)(element & 3);
    return place == 0 ? words[0] : place == 1 ? words[1] : place == 2 ? words[2] : words[3];
}

#endif
