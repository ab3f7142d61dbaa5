// Squared error and its gradient: losses[i] = (x[i] − t[i])², dx[i] = 2·scale·(x[i] − t[i]).
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

KERNEL(squared_error, BUFFER(const float, x), BUFFER(const float, t), BUFFER(float, losses), BUFFER(float, dx),
       long64 n, float scale) {
    VIEW(const float, x);
    VIEW(const float, t);
    VIEW(float, losses);
    VIEW(float, dx);
    FOR_EACH(i, n) {
        float error = x[i] - t[i];
        losses[i] = error * error;
        if (dx) dx[i] = 2.0f * scale * error;
    }
}
