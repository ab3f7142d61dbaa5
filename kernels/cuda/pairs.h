// Which units and sequences a thread computes the cell of: neighbouring threads have neighbouring units, so every gate
// is one coalesced stream.
// Needs    BLOCK, HIDDEN, UNITS, SEQUENCES, EXCHANGE
#ifndef LSTM_GPU_CUDA_PAIRS_H
#define LSTM_GPU_CUDA_PAIRS_H
#include "cuda/tile.h"

constexpr int SEQUENCES_AT_ONCE = BLOCK / UNITS, PAIRS = (SEQUENCES + SEQUENCES_AT_ONCE - 1) / SEQUENCES_AT_ONCE;
constexpr int BLOCKS = HIDDEN / UNITS;  // of a group

// A kernel whose groups, one per row of the launch, are clusters or else wait for each other in one cooperative launch.
#if EXCHANGE == CLUSTER
#define IN_GROUPS(name, ...) IN_CLUSTERS(BLOCKS, name, __VA_ARGS__)
#elif EXCHANGE == MIXED
#define IN_GROUPS(name, ...) COOPERATIVE_KERNEL_IN_CLUSTERS(PARTS, name, __VA_ARGS__)
#else
#define IN_GROUPS(name, ...) COOPERATIVE_KERNEL(name, __VA_ARGS__)
#endif

static_assert(BLOCK % UNITS == 0 && UNITS % 8 == 0 && HIDDEN % UNITS == 0, "shares of 8, 16, 32 or 64 units");
static_assert(BLOCKS <= (EXCHANGE == CLUSTER ? 16 : BLOCK),
              "a thread waits for each block; a cluster has 16 at the most");

struct Pairs {
    int share, unit;  // the thread's unit among the block's and among all
    int first, first_sequence, sequences;

    // The pair's sequence among the group's, and among all.
    DEVICE_MEMBER int slot(int pair) const { return first + pair * SEQUENCES_AT_ONCE; }
    DEVICE_MEMBER int sequence(int pair) const { return first_sequence + slot(pair); }
    DEVICE_MEMBER bool has(int pair) const { return slot(pair) < SEQUENCES && sequence(pair) < sequences; }
};

DEVICE Pairs pairs_of(int first_unit, int first_sequence, int sequences) {
    const int share = THREAD % UNITS;
    return {share, first_unit + share, THREAD / UNITS, first_sequence, sequences};
}

#endif
