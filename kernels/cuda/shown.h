// Brings an x whose elements are zero in device memory until another block shows them.
// Needs    what tile.h needs, and one chunk
#ifndef LSTM_GPU_CUDA_SHOWN_H
#define LSTM_GPU_CUDA_SHOWN_H
#include "cuda/tile.h"

// Whether one of the two halves is zero.
DEVICE bool has_zero(uint32 pair) { return ((pair - 0x00010001u) & ~pair & 0x80008000u) != 0; }

// By reading the elements until none is zero.
template <class Source>
DEVICE void fetch_shown(bits16 *staged, const Source &source) {
    constexpr int PIECES = COLUMNS / 8, AT_ONCE = BLOCK / PIECES, EACH = (LANES + AT_ONCE - 1) / AT_ONCE;
    const int column = THREAD % PIECES * 8, depth = column / CHUNK_DEPTH * (SLABS * SLAB) + column % CHUNK_DEPTH;
    const int first = THREAD / PIECES < AT_ONCE ? THREAD / PIECES : LANES;
    uint4 pieces[EACH];
    UNROLL for (int i = 0; i < EACH; i++) {
        const bits16 *from = first + i * AT_ONCE < LANES ? source(first + i * AT_ONCE, depth) : nullptr;
        pieces[i] = from ? seen(from) : uint4{0x10001, 0x10001, 0x10001, 0x10001};
    }
    UNROLL for (int i = 0; i < EACH; i++) {
        const int lane = first + i * AT_ONCE;
        if (lane >= LANES) continue;
        const bits16 *from = source(lane, depth);
        for (int asked = 0; has_zero(pieces[i].x) || has_zero(pieces[i].y) || has_zero(pieces[i].z) || has_zero(pieces[i].w);) {
            ask_again(asked);
            pieces[i] = seen(from);
        }
        *(uint4 *)(staged + lane * STRIDE + column) = from ? pieces[i] : uint4{0, 0, 0, 0};
    }
}

#endif
