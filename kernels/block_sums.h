// Sums over the threads of a block, in a fixed order. `cells` has BLOCK places; all threads call together.
#ifndef LSTM_GPU_BLOCK_SUMS_H
#define LSTM_GPU_BLOCK_SUMS_H
#include "dialect.h"

// Two rounds of FOLD or fewer additions instead of a tree: a third of the barriers.
#define FOLD 16  // BLOCK = FOLD²

// name(cells, mine, width): Σ over each group of `width` neighbouring threads, a power of two from FOLD on; all of the group get it.
#define DEFINE_GROUP_SUM(name, type)                                                       \
    DEVICE type name(LOCAL type *cells, type mine, int width) {                            \
        int lane = THREAD & (width - 1), rest = width / FOLD;                              \
        LOCAL type *group = cells + (THREAD - lane);                                       \
        group[lane] = mine;                                                                \
        BARRIER();                                                                         \
        if (lane < rest) {                                                                 \
            for (int part = 1; part < FOLD; part++) mine += group[part * rest + lane];     \
            group[lane] = mine;                                                            \
        }                                                                                  \
        BARRIER();                                                                         \
        type sum = 0;                                                                      \
        for (int part = 0; part < rest; part++) sum += group[part];                        \
        BARRIER();                                                                         \
        return sum;                                                                        \
    }

// name(cells, mine): Σ over the threads before this one; for types whose sums are exact.
#define DEFINE_SUM_BEFORE(name, type)                                                      \
    DEVICE type name(LOCAL type *cells, type mine) {                                       \
        int row = THREAD / FOLD;                                                           \
        cells[THREAD] = mine;                                                              \
        BARRIER();                                                                         \
        if (THREAD < FOLD) {                                                               \
            for (int i = THREAD * FOLD + 1; i < (THREAD + 1) * FOLD; i++) cells[i] += cells[i - 1]; \
        }                                                                                  \
        BARRIER();                                                                         \
        type sum = cells[THREAD] - mine;                                                   \
        for (int i = 0; i < row; i++) sum += cells[i * FOLD + FOLD - 1];                   \
        BARRIER();                                                                         \
        return sum;                                                                        \
    }

#endif
