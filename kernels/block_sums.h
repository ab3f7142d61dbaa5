// Sums over the threads of a block, in a fixed order. `cells` has BLOCK places; all threads call together.
#ifndef LSTM_GPU_BLOCK_SUMS_H
#define LSTM_GPU_BLOCK_SUMS_H
#include "dialect.h"

// name(cells, mine): Σ over the first `width` threads of each group of `width` neighbours, a power of two, pairwise;
// all of them get it.
#define DEFINE_GROUP_SUM(name, type)                                                       \
    DEVICE type name(LOCAL type *cells, type mine, int width) {                            \
        int member = THREAD & (width - 1);                                                   \
        cells[THREAD] = mine;                                                              \
        BARRIER();                                                                         \
        for (int reach = width / 2; reach > 0; reach /= 2) {                                  \
            if (member < reach) cells[THREAD] += cells[THREAD + reach];                        \
            BARRIER();                                                                     \
        }                                                                                  \
        type sum = cells[THREAD - member];                                                   \
        BARRIER();                                                                         \
        return sum;                                                                        \
    }

// name(cells, mine): Σ over the threads before this one; for types whose sums are exact.
#define DEFINE_SUM_BEFORE(name, type)                                                      \
    DEVICE type name(LOCAL type *cells, type mine) {                                       \
        cells[THREAD] = mine;                                                              \
        BARRIER();                                                                         \
        for (int step = 1; step < BLOCK; step *= 2) {                                      \
            type earlier = THREAD >= step ? cells[THREAD - step] : 0;                      \
            BARRIER();                                                                     \
            cells[THREAD] += earlier;                                                      \
            BARRIER();                                                                     \
        }                                                                                  \
        type sum = cells[THREAD] - mine;                                                   \
        BARRIER();                                                                         \
        return sum;                                                                        \
    }

#endif
