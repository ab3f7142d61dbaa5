// Sums over the threads of a warp and of a block, in a fixed order, by values that lanes hand each other. All threads
// call together.
#ifndef LSTM_GPU_CUDA_WARP_SUMS_H
#define LSTM_GPU_CUDA_WARP_SUMS_H
#include "cuda/words.h"

constexpr int WARP = 32, WARPS = BLOCK / WARP;

// Σ over the warp of N sums (a power of two) at once: each exchange adds two lanes and, as long as a lane has more than
// one sum, halves them. Lane l is left with the sum l·N/32.
template <int N>
DEVICE float sum_of_lanes(float (&sums)[N], int reach = WARP / 2) {
    const int lane = THREAD % WARP;
    if constexpr (N > 1) {
        float half[N / 2];
        UNROLL for (int i = 0; i < N / 2; i++) {
            const float low = sums[i], high = sums[i + N / 2];
            const bool upper = (lane & reach) != 0;
            half[i] = (upper ? high : low) + lane_value(upper ? low : high, lane ^ reach);
        }
        return sum_of_lanes(half, reach / 2);
    } else {
        float sum = sums[0];
        UNROLL for (; reach > 0; reach /= 2) sum += lane_value(sum, lane ^ reach);
        return sum;
    }
}

// What each warp brings, in the order of warps; every thread gets it all.
template <class Add>
DEVICE ulong64 over_warps(ulong64 *cells, ulong64 mine, int from, int to, const Add &add) {
    if (THREAD % WARP == WARP - 1) cells[THREAD / WARP] = mine;
    BARRIER();
    ulong64 all = 0;
    for (int warp = from; warp < to; warp++) all = add(all, cells[warp]);
    BARRIER();
    return all;
}

DEVICE ulong64 plus(ulong64 a, ulong64 b) { return a + b; }
DEVICE ulong64 larger(ulong64 a, ulong64 b) { return a > b ? a : b; }

// Σ over the lanes up to this one.
DEVICE ulong64 sum_so_far(ulong64 mine) {
    const int lane = THREAD % WARP;
    UNROLL for (int step = 1; step < WARP; step *= 2) {
        const ulong64 earlier = lane_value(mine, (lane + WARP - step) % WARP);
        if (lane >= step) mine += earlier;
    }
    return mine;
}

DEVICE ulong64 block_sum(ulong64 *cells, ulong64 mine, int) {
    return over_warps(cells, sum_so_far(mine), 0, WARPS, plus);
}

DEVICE ulong64 sum_before(ulong64 *cells, ulong64 mine) {
    const ulong64 so_far = sum_so_far(mine);
    return over_warps(cells, so_far, 0, THREAD / WARP, plus) + so_far - mine;
}

DEVICE ulong64 block_most(ulong64 *cells, ulong64 mine) {
    UNROLL for (int reach = WARP / 2; reach > 0; reach /= 2) {
        mine = larger(mine, lane_value(mine, (THREAD % WARP) ^ reach));
    }
    return over_warps(cells, mine, 0, WARPS, larger);
}

#endif
