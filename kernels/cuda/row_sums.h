// How the blocks of a row of backward's grid exchange the sums of their tiles: each needs all that are for its own
// units, and adds them up in the order of the columns.
//
//   add_row_sums(dh, ...)    dh of the thread's pairs from the blocks' sums of [ROWS,SEQUENCES]
//
// With flags, sums go through device memory, in two places by turns. In a cluster, blocks put them into each other's
// shared memory, where a group has two places too. A row of a larger grid, whose weights take more room, has one, and
// its blocks meet once more before they fill it: they arrive when they have read it, and by the time the next sums are
// there all have.
//
// Needs    what pairs.h needs; ROWS, PARTS, and PLACES in a block's shared memory behind the tile
#ifndef LSTM_GPU_CUDA_ROW_SUMS_H
#define LSTM_GPU_CUDA_ROW_SUMS_H
#include "cuda/pairs.h"

constexpr int ROW_SHARES = HIDDEN / ROWS, GIVEN_LENGTH = PARTS * SEQUENCES * UNITS;
constexpr bool MEETS_BEFORE = PLACES == 1;

// Where a unit of the row stands among the rows of the tile.
DEVICE int row_of(int unit) { return unit / 16 * 16 + unit % 2 * 8 + unit % 16 / 2; }

// partials, float [PARTS,SEQUENCES,ROWS], is the row's; row_flags, uint32 [PARTS], are its own, and reach n when a
// block's sums are there.
DEVICE void exchange_with_flags(float (&dh)[PAIRS], const float *parts, float *partials, uint32 *row_flags,
                                const Pairs &pairs, int part, uint32 n, int patience) {
    float *own = partials + part * ROWS * SEQUENCES;
    ROLLED for (int i = THREAD; i < ROWS * SEQUENCES; i += BLOCK)
        offer(own + i, sum_of(parts, row_of(i % ROWS), i / ROWS));
    BARRIER();
    if (THREAD == 0) store_release(row_flags + part, n);
    if (THREAD < PARTS) wait_until(row_flags + THREAD, n, patience);
    BARRIER();
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        if (!pairs.has(pair)) continue;
        dh[pair] = 0.0f;
        ROLLED for (int other = 0; other < PARTS; other++) {
            dh[pair] += taken(partials + (other * SEQUENCES + pairs.slot(pair)) * ROWS + part * UNITS + pairs.share);
        }
    }
}

// given, float [PARTS,SEQUENCES,UNITS] in shared memory, is the place for what the others give.
DEVICE void exchange_in_cluster(float (&dh)[PAIRS], const float *parts, float *given, const Pairs &pairs, int part) {
    if (MEETS_BEFORE) await_cluster();
    UNROLL for (int first = 0; first < ROWS / 4 * SEQUENCES; first += BLOCK) {
        const int i = first + THREAD, row = i % (ROWS / 4) * 4, sequence = i / (ROWS / 4);
        if (sequence >= SEQUENCES) continue;
        uint32 sums[4];
        UNROLL for (int k = 0; k < 4; k++) sums[k] = BITS_OF(sum_of(parts, row_of(row + k), sequence));
        give(given + (part * SEQUENCES + sequence) * UNITS + row % UNITS, row / UNITS,
             uint4{sums[0], sums[1], sums[2], sums[3]});
    }
    arrive_in_cluster();
    await_cluster();
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        dh[pair] = 0.0f;
        if (pairs.slot(pair) >= SEQUENCES) continue;
        UNROLL for (int other = 0; other < PARTS; other++) {
            dh[pair] += given[(other * SEQUENCES + pairs.slot(pair)) * UNITS + pairs.share];
        }
    }
    if (MEETS_BEFORE) arrive_in_cluster();
}

// start: the row's flags before the launch; done: steps that are done, counted from 1; patience: milliseconds after
// which a wait traps.
DEVICE void add_row_sums(float (&dh)[PAIRS], const float *parts, float *given, float *partials, uint32 *row_flags,
                         const Pairs &pairs, uint32 start, int done, int patience) {
    const int row = (int)BLOCK_X / PARTS, part = (int)BLOCK_X % PARTS;
    if (HAS_CLUSTERS) {
        exchange_in_cluster(dh, parts, given + (PLACES == 2 ? done % 2 : 0) * GIVEN_LENGTH, pairs, part);
    } else if (PARTS > 1) {
        const long64 group = (done % 2 * (long64)BLOCKS_Y + BLOCK_Y) * ROW_SHARES + row;
        float *own = partials + group * (PARTS * SEQUENCES * ROWS);
        exchange_with_flags(dh, parts, own, row_flags, pairs, part, start + done, patience);
    } else {
        UNROLL for (int pair = 0; pair < PAIRS; pair++) {
            dh[pair] = sum_of(parts, row_of(pairs.share), pairs.slot(pair) % SEQUENCES);
        }
        BARRIER();
    }
}

#endif
