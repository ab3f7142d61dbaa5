// Brings an x whose pairs of elements are zero in device memory until another block stores them.
// Needs    what tile.h needs, and one chunk
#ifndef LSTM_GPU_CUDA_SHOWN_H
#define LSTM_GPU_CUDA_SHOWN_H
#include "cuda/tile.h"

DEVICE bool is_shown(const uint4 &pairs) { return pairs.x != 0 && pairs.y != 0 && pairs.z != 0 && pairs.w != 0; }

// By reading the pairs until none is zero.
template <class Source>
DEVICE void fetch_shown(bits16 *staged, const Source &source, int patience) {
    constexpr int PIECES = COLUMNS / 8, AT_ONCE = BLOCK / PIECES, EACH = (SEQUENCES + AT_ONCE - 1) / AT_ONCE;
    const int column = THREAD % PIECES * 8, depth = column / CHUNK_DEPTH * (SLABS * SLAB) + column % CHUNK_DEPTH;
    const int first = THREAD / PIECES < AT_ONCE ? THREAD / PIECES : SEQUENCES;
    uint4 pieces[EACH];
    UNROLL for (int i = 0; i < EACH; i++) {
        const bits16 *from = first + i * AT_ONCE < SEQUENCES ? source(first + i * AT_ONCE, depth) : nullptr;
        pieces[i] = from ? load_relaxed(from) : uint4{1, 1, 1, 1};
    }
    UNROLL for (int i = 0; i < EACH; i++) {
        const int sequence = first + i * AT_ONCE;
        if (sequence >= SEQUENCES) continue;
        const bits16 *from = source(sequence, depth);
        for (uint32 asked = 0; !is_shown(pieces[i]);) {
            ask_again(asked, patience);
            pieces[i] = load_relaxed(from);
        }
        *(uint4 *)(staged + sequence * STRIDE + column) = from ? pieces[i] : uint4{0, 0, 0, 0};
    }
}

#endif
