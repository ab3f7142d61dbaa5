// Kernels for the tests of the stand-in itself: three that are right and three that are not.
#define BLOCK 64
#include "dialect.h"

KERNEL(probe_add, BUFFER(float, y), long64 n, float value) {
    VIEW(float, y);
    FOR_EACH(i, n) y[i] += value;
}

KERNEL(probe_multiply, BUFFER(float, y), long64 n, float value) {
    VIEW(float, y);
    FOR_EACH(i, n) y[i] *= value;
}

// y[block] = Σ x over the block's BLOCK elements, halved again and again.
KERNEL(probe_sum, BUFFER(const float, x), BUFFER(float, y)) {
    LOCAL_ARRAY(float, sums, BLOCK);
    VIEW(const float, x);
    VIEW(float, y);
    sums[THREAD] = x[BLOCK_X * BLOCK + THREAD];
    for (int half = BLOCK / 2; half > 0; half /= 2) {
        BARRIER();
        if (THREAD < half) sums[THREAD] += sums[THREAD + half];
    }
    if (THREAD == 0) y[BLOCK_X] = sums[0];
}

// The upper half of the block misses the barrier.
KERNEL(probe_split_barrier, BUFFER(float, y)) {
    VIEW(float, y);
    if (THREAD < BLOCK / 2) BARRIER();
    y[THREAD] = 1.0f;
}

// The lower half does, so the thread that comes first too.
KERNEL(probe_late_barrier, BUFFER(float, y)) {
    VIEW(float, y);
    if (THREAD >= BLOCK / 2) BARRIER();
    y[THREAD] = 1.0f;
}

KERNEL(probe_write_at, BUFFER(float, y), long64 place) {
    VIEW(float, y);
    if (THREAD == 0) y[place] = 1.0f;
}
