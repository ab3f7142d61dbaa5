// Huber's error and its gradient (Huber 1964), with e = x[i] − t[i]: losses[i] = e²/2 where |e| ≤ δ, δ·(|e| − δ/2)
// beyond; dx[i] = scale·e, but no further from 0 than scale·δ. δ = 0 is the absolute error: losses[i] = |e|, dx[i] =
// scale·sign(e).
//
// Arrays   x        float [n]    in     predictions
//          t        float [n]    in     targets
//          losses   float [n]    out
//          dx       float [n]    out    may be x; null without a backward pass
// Launch   any one-dimensional grid
// Traffic  8·n bytes read, 4·n written, and 4·n more for dx
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(huber_error, BUFFER(const float, x), BUFFER(const float, t), BUFFER(float, losses), BUFFER(float, dx), long64 n,
       float delta, float scale) {
    VIEW(const float, x);
    VIEW(const float, t);
    VIEW(float, losses);
    VIEW(float, dx);
    float most = delta > 0.0f ? delta : 1.0f;  // of the slope
    FOR_EACH(i, n) {
        float error = x[i] - t[i], size = error < 0.0f ? -error : error;
        losses[i] = size <= delta ? 0.5f * error * error : most * (size - 0.5f * delta);
        // What is within is itself the slope, NaN and 0 too.
        if (dx) dx[i] = scale * (error > delta ? most : error < -delta ? -most : error);
    }
}
