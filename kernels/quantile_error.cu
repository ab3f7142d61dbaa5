// The error of quantiles and its gradient (Koenker and Bassett 1978), with e = t[r] − x[r,k] and q = quantiles[k]:
// losses[r,k] = max(q·e, (q−1)·e), dx[r,k] = scale·(−q where e > 0, 1−q where e < 0, 0 where e = 0).
//
// Arrays   x           float [N,Q]    in     predictions
//          t           float [N]      in     targets
//          quantiles   float [Q]      in     each in (0, 1)
//          losses      float [N,Q]    out
//          dx          float [N,Q]    out    may be x; null without a backward pass
// Launch   any one-dimensional grid; a block takes ⌊BLOCK/Q⌋ rows at once, or one row in strips of BLOCK columns
// Traffic  4·N·Q + 4·N bytes read, 4·N·Q written, and 4·N·Q more for dx
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(quantile_error, BUFFER(const float, x), BUFFER(const float, t), BUFFER(const float, quantiles),
       BUFFER(float, losses), BUFFER(float, dx), long64 n, int count, float scale) {
    VIEW(const float, x);
    VIEW(const float, t);
    VIEW(const float, quantiles);
    VIEW(float, losses);
    VIEW(float, dx);
    int across = count < BLOCK ? count : BLOCK;
    int rows = BLOCK / across;
    int row = THREAD / across;
    if (row >= rows) return;
    for (long64 r = BLOCK_X * rows + row; r < n; r += BLOCKS_X * rows) {
        float target = t[r];
        for (int k = THREAD % across; k < count; k += across) {
            float q = quantiles[k], error = target - x[r * count + k];
            losses[r * count + k] = error > 0.0f ? q * error : (q - 1.0f) * error;
            // What is neither above nor below is 0 or NaN, and the gradient is the same.
            if (dx) dx[r * count + k] = scale * (error > 0.0f ? -q : error < 0.0f ? 1.0f - q : error);
        }
    }
}
