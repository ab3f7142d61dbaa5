// How h of a step gets from the blocks of a group that computed it to all of them, and its product there: by flags, by
// being SHOWN, or through the shared memory of a cluster (rnn_sequence_forward.cu says when which).
//   multiply_hidden(...)    sums = W·h, h of the step as it comes
//   give_to_others(...)     the block's part of h, in a cluster
//   show_pair(...)          an element of h and its neighbour, SHOWN
//   clear_absent(...)       in place of the h of sequences that the batch has not
// Needs    what tile.h and pairs.h need, and one chunk without flags
#ifndef LSTM_GPU_CUDA_HIDDEN_H
#define LSTM_GPU_CUDA_HIDDEN_H
#include "cuda/pairs.h"
#include "cuda/shown.h"

static_assert(EXCHANGE == FLAGS || CHUNKS == 1, "without flags h comes whole");

// Puts the block's part of h, which lies in its place, into the same place of the cluster's other blocks.
DEVICE void give_to_others(const bits16 *staged) {
    constexpr int PIECES = UNITS / 8, ALL = SEQUENCES * PIECES * (BLOCKS - 1);
    UNROLL for (int first = 0; first < ALL; first += BLOCK) {
        const int i = first + THREAD;
        if (i >= ALL) continue;
        const int other = ((int)BLOCK_X + 1 + i / (SEQUENCES * PIECES)) % BLOCKS;
        const bits16 *piece = staged + i / PIECES % SEQUENCES * STRIDE + (int)BLOCK_X * UNITS + i % PIECES * 8;
        give(piece, other, *(const uint4 *)piece);
    }
}

// The tile's product with h of the step that begins at row `before`: given by the cluster, or read once the flags of
// all blocks have reached n, or once it is shown.
DEVICE void multiply_hidden(const Held &held, unsigned char *memory, float *parts, const bits16 *factors,
                            const uint32 *group_flags, uint32 n, int step, long64 before, int sequences, int patience) {
    bits16 *staged = (bits16 *)(memory + KEPT_BYTES);
    const auto source = [&](int sequence, int depth) {
        const int of = (int)BLOCK_Y * SEQUENCES + sequence;
        return of < sequences ? factors + (before + of) * HIDDEN + depth : nullptr;
    };
    if (EXCHANGE == FLAGS) {
        if (THREAD < BLOCKS) wait_until(group_flags + THREAD, n, patience);
        BARRIER();
        multiply_fetched(held, memory, staged, parts, factors, source);
        return;
    }
    if (step == 0) {
        fetch(staged, 0, factors, source);
        await_copies<0>();
    } else if (EXCHANGE == SHOWN) {
        fetch_shown(staged, source, patience);
    }
    if (EXCHANGE == SHOWN || step == 0) BARRIER();
    multiply_staged(held, memory, EXCHANGE == CLUSTER && step % 2 ? staged + BUFFER_LENGTH : staged, parts);
}

// Shows the thread's element together with its neighbour's; all threads of a warp call together.
DEVICE void show_pair(bits16 *to, bits16 value, const Pairs &pairs, int pair) {
    const uint32 both = value | lane_value((uint32)value, THREAD % 32 ^ 1) << 16;
    if (pairs.has(pair) && pairs.unit % 2 == 0) store_relaxed((uint32 *)to, both ? both : 0x80008000u);
}

// Zeroes the block's part of the sequences that the batch does not fill: they are multiplied too, and nobody writes
// them later.
DEVICE void clear_absent(bits16 *place, const Pairs &pairs) {
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        if (pairs.slot(pair) < SEQUENCES && !pairs.has(pair)) place[pairs.slot(pair) * STRIDE + pairs.unit] = 0;
    }
}

#endif
